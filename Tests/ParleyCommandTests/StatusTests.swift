import Foundation
import Testing

@testable import ParleyCommand

/// Exit codes, as `--help` lists them.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct StatusTests {
    @Test func `the table is frozen`() throws {
        let table = [
            (0, "done"), (1, "failed"), (2, "nothing came in time"), (5, "a message does not fit its layout"),
        ]
        let help = try Parley.run("--help").output
        for (code, meaning) in table { #expect(help.contains("\(code)  \(meaning)")) }
        #expect(ParleyCommand.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 64, 77])
    }

    @Test func `2: nothing came in time`() throws {
        let outcome = try Parley.run("receive", "udp://:0", "--timeout", "50ms")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("nothing came within 50ms"))
        #expect(try Parley.run("receive", "tcp://:0", "--timeout", "50ms").status == 2)
        let port = try freeStreamPort()
        let silent = try Parley.start("serve", "discard", "tcp://:\(port)")
        try silent.waitForError("serving")
        let call = try Parley.shell("sleep 5 | parley call tcp://localhost:\(port) --timeout 100ms")
        #expect(call.status == 2)
    }

    @Test func `3: the peer refused`() throws {
        let port = try freeStreamPort()
        let call = try Parley.run("call", "tcp://127.0.0.1:\(port)", "hello")
        #expect(call.status == 3)
        #expect(
            call.errors.hasPrefix("parley: connect 127.0.0.1:\(port): connection refused (ECONNREFUSED). ")
        )
        #expect(try Parley.run("send", "udp://127.0.0.1:\(port)", "hello").status == 3)
        #expect(try Parley.run("send", "unix:///nonexistent/socket", "hello").status == 3)
    }

    @Test func `4: the address is taken`() throws {
        for transport in ["udp", "tcp"] {
            let first = try Parley.start("receive", "\(transport)://:0")
            let port = try first.port()
            let second = try Parley.run("receive", "\(transport)://:\(port)")
            #expect(second.status == 4)
            #expect(second.errors.contains("address already in use (EADDRINUSE). "))
        }
    }

    @Test func `5: a message does not fit its layout`() throws {
        let folder = try Folder()
        let missing = try Parley.run(
            "encode",
            "-q",
            "--as",
            "proto.h:msg_st",
            "name=Li",
            "math=1",
            in: folder
        )
        #expect(missing.status == 5)
        #expect(
            missing.errors
                == "parley: chinese needs a value; the fields are name: u8[13]; math: u32, 0...4294967295; "
                + "chinese: u32, 0...4294967295\n"
        )
        #expect(try Parley.run("encode", "--as", "a:u8", "a=256").status == 5)
        #expect(try Parley.run("encode", "--as", "a:u8", "b=2").status == 5)
        #expect(try Parley.run("encode", "--as", "a:char[2]", "a=abc").status == 5)
        #expect(try Parley.run("decode", "--as", "a:u16", "00").status == 5)
        #expect(try Parley.run("decode", "--as", "a:u16", "zz").status == 5)
    }

    @Test func `64: wrong usage`() throws {
        let folder = try Folder()
        for arguments in [
            ["nonsense"], ["receive"], ["receive", "8089"], ["receive", "udp://:0", "--timeout", "3x"],
            ["receive", "udp://:0", "--as", "proto.h:nope"], ["receive", "udp://:0", "--as", "proto.h"],
            ["receive", "udp://:0", "--as", "nope"], ["receive", "udp://:0", "--as", "a:u33"],
            ["receive", "udp://:0", "--tail", "x"], ["receive", "udp://:0?nodelay=1"], ["encode", "a=1"],
            ["receive", "udp://:0", "--as", "a:u8", "--text", "b"], ["receive", "udp://:0", "--count", "0"],
            ["encode", "--as", "a:u8", "a"], ["serve", "chargen", "tcp://:0"],
        ] {
            let outcome = try Running(Parley.path, arguments, folder: folder).outcome()
            #expect(outcome.status == 64, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("parley: "), "\(outcome.errors)")
        }
    }

    @Test func `1: a file that is not there`() throws {
        let outcome = try Parley.run("receive", "udp://:0", "--as", "nowhere.h:msg_st")
        #expect(outcome.status == 1)
        #expect(outcome.errors == "parley: nowhere.h: no such file or directory (ENOENT)\n")
    }

    @Test(.enabled(if: getuid() == 0, "needs a user to become")) func `77: not permitted`() throws {
        let folder = try Folder()
        try folder.write("secret.h", "struct a { int b; };")
        let secret = folder.url.appending(path: "secret.h").path
        unsafe chmod(secret, 0)
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else { return }
        let copy = folder.url.appending(path: "parley-copy")
        try FileManager.default.copyItem(atPath: Parley.path, toPath: copy.path)
        let outcome = try Parley.shell(
            "setpriv --reuid 65534 --regid 65534 --clear-groups ./parley-copy decode --as secret.h:a 00",
            in: folder
        )
        #expect(outcome.status == 77, "\(outcome.errors)")
    }

    @Test func `errors are objects with --json`() throws {
        let usage = try Parley.run("receive", "--json")
        #expect(
            usage.errors
                == #"{"schema":"parley.error/1","error":"Missing expected argument '<url>'","exit":64}"#
                + "\n"
        )
        let refused = try Parley.run("send", "unix:///nonexistent/socket", "hello", "--json")
        #expect(
            refused.errors
                == #"{"schema":"parley.error/1","error":"connect /nonexistent/socket: no such file or directory "#
                + #"(ENOENT)","remedy":"There is no such socket: start the server or correct the path.","exit":3}"#
                + "\n"
        )
    }
}
