import Foundation

/// A peer in C, compiled once for all tests that talk to it.
enum CPeer {
    private static var folder: URL {
        FileManager.default.temporaryDirectory.appending(path: "parley-peer-\(getpid())")
    }

    /// Where the program is; nil without a C compiler.
    static let path: String? = {
        atexit { try? FileManager.default.removeItem(at: CPeer.folder) }
        let source = folder.appending(path: "peer.c")
        let program = folder.appending(path: "peer")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: source, atomically: true, encoding: .utf8)
            let compiling = Process()
            compiling.executableURL = URL(filePath: "/usr/bin/env")
            compiling.arguments = ["cc", "-Wall", "-Werror", "-o", program.path, source.path]
            try compiling.run()
            compiling.waitUntilExit()
            // Another user runs it too.
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
            return compiling.terminationStatus == 0 ? program.path : nil
        } catch {
            return nil
        }
    }()

    static func start(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: path ?? "")
        process.arguments = arguments
        try process.run()
        return process
    }

    private static let text = #"""
        // peer NAME echo|nobody|listen: a process at or at the other end of the abstract name NAME.
        #define _GNU_SOURCE
        #include <errno.h>
        #include <grp.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/un.h>
        #include <unistd.h>

        static int fail(const char *what) { perror(what); return 1; }

        static int pass(int s, int fd) {
            char byte = 'f', control[CMSG_SPACE(sizeof fd)] = {0};
            struct iovec vector = {&byte, 1};
            struct msghdr m = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                               .msg_controllen = sizeof control};
            struct cmsghdr *c = CMSG_FIRSTHDR(&m);
            c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(sizeof fd);
            memcpy(CMSG_DATA(c), &fd, sizeof fd);
            return sendmsg(s, &m, MSG_NOSIGNAL) == 1 ? 0 : fail("sendmsg");
        }

        int main(int argc, char **argv) {
            alarm(30);
            struct sockaddr_un a = {.sun_family = AF_UNIX};
            size_t n = strlen(argv[1]);
            memcpy(a.sun_path + 1, argv[1], n);
            socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 + n;
            if (!strcmp(argv[2], "nobody")
                && (setgroups(0, NULL) || setgid(65534) || setuid(65534))) return fail("setuid");
            int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
            char in[64];
            if (!strcmp(argv[2], "listen")) {
                if (bind(s, (void *)&a, length) || listen(s, 5)) return fail("bind");
                printf("ready\n"); fflush(stdout);
                s = accept(s, NULL, NULL);
                ssize_t got;
                // A message without a byte means: that was all.
                while ((got = recv(s, in, sizeof in, 0)) > 0)
                    if (send(s, in, got, MSG_NOSIGNAL) != got) return fail("send");
                return got < 0 ? fail("recv") : 0;
            }
            if (connect(s, (void *)&a, length)) return fail("connect");
            const char *words[] = {"hello", "", "world"};
            for (int i = 0; i < 3; i++) {
                size_t size = strlen(words[i]);
                if (send(s, words[i], size, MSG_NOSIGNAL) != (ssize_t)size) return fail("send");
                if (recv(s, in, sizeof in, 0) != (ssize_t)size || memcmp(in, words[i], size)) return fail("recv");
            }
            int ends[2];
            if (pipe(ends) || pass(s, ends[1])) return fail("pass");
            close(ends[1]);
            if (read(ends[0], in, sizeof in) != 4 || memcmp(in, "pipe", 4)) return fail("read");
            if (shutdown(s, SHUT_WR)) return fail("shutdown");
            if (recv(s, in, sizeof in, 0) != 0) return fail("end");
            return 0;
        }
        """#
}
