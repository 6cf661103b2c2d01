import Foundation
import Testing

@testable import ParleyHeaders

/// Parley's own versions of the standard headers lay every type and struct out as the ABI's compiler does with
/// the C library's headers.
///
/// Debian's cross compilers bring no C library. glibc's headers are the same on all machines but for a few
/// files, so those of this machine are read with these few in front of them.
@Suite struct BuiltInTypeTests {
    /// The files that differ, in a folder that is looked into first.
    private static let overlay: [String: String] = [
        "bits/wordsize.h": """
        #if __SIZEOF_LONG__ == 8
        #define __WORDSIZE 64
        #define __WORDSIZE_TIME64_COMPAT32 0
        #else
        #define __WORDSIZE 32
        #endif
        """,
        "bits/timesize.h": """
        #if __SIZEOF_LONG__ == 8 || defined(__riscv)
        #define __TIMESIZE 64
        #else
        #define __TIMESIZE 32
        #endif
        """,
        "bits/endianness.h": "#define __BYTE_ORDER __BYTE_ORDER__\n",
        "gnu/stubs.h": "",
        "bits/typesizes.h": """
        #ifndef _BITS_TYPESIZES_H
        #define _BITS_TYPESIZES_H 1
        #if defined(__riscv) && __riscv_xlen == 32
        #define PARLEY_SLONG __SQUAD_TYPE
        #define PARLEY_ULONG __UQUAD_TYPE
        #else
        #define PARLEY_SLONG __SLONGWORD_TYPE
        #define PARLEY_ULONG __ULONGWORD_TYPE
        #endif
        #define __SYSCALL_SLONG_TYPE __SLONGWORD_TYPE
        #define __SYSCALL_ULONG_TYPE __ULONGWORD_TYPE
        #define __DEV_T_TYPE __UQUAD_TYPE
        #define __UID_T_TYPE __U32_TYPE
        #define __GID_T_TYPE __U32_TYPE
        #define __INO_T_TYPE PARLEY_ULONG
        #define __INO64_T_TYPE __UQUAD_TYPE
        #define __MODE_T_TYPE __U32_TYPE
        #define __NLINK_T_TYPE __U32_TYPE
        #define __FSWORD_T_TYPE __SWORD_TYPE
        #define __OFF_T_TYPE PARLEY_SLONG
        #define __OFF64_T_TYPE __SQUAD_TYPE
        #define __PID_T_TYPE __S32_TYPE
        #define __RLIM_T_TYPE PARLEY_ULONG
        #define __RLIM64_T_TYPE __UQUAD_TYPE
        #define __BLKCNT_T_TYPE PARLEY_SLONG
        #define __BLKCNT64_T_TYPE __SQUAD_TYPE
        #define __FSBLKCNT_T_TYPE PARLEY_ULONG
        #define __FSBLKCNT64_T_TYPE __UQUAD_TYPE
        #define __FSFILCNT_T_TYPE PARLEY_ULONG
        #define __FSFILCNT64_T_TYPE __UQUAD_TYPE
        #define __ID_T_TYPE __U32_TYPE
        #define __CLOCK_T_TYPE __SLONGWORD_TYPE
        #define __TIME_T_TYPE PARLEY_SLONG
        #define __USECONDS_T_TYPE __U32_TYPE
        #define __SUSECONDS_T_TYPE PARLEY_SLONG
        #define __SUSECONDS64_T_TYPE __SQUAD_TYPE
        #define __DADDR_T_TYPE __S32_TYPE
        #define __KEY_T_TYPE __S32_TYPE
        #define __CLOCKID_T_TYPE __S32_TYPE
        #define __TIMER_T_TYPE void *
        #define __BLKSIZE_T_TYPE __S32_TYPE
        #define __FSID_T_TYPE struct { int __val[2]; }
        #define __SSIZE_T_TYPE __SWORD_TYPE
        #define __CPU_MASK_TYPE __ULONGWORD_TYPE
        #define __FD_SETSIZE 1024
        #endif
        """,
        "asm/bitsperlong.h": "#define __BITS_PER_LONG (8 * __SIZEOF_LONG__)\n",
        "asm/posix_types.h": """
        #if defined(__i386__) || defined(__arm__) || defined(__m68k__)
        typedef unsigned short __kernel_mode_t;
        #define __kernel_mode_t __kernel_mode_t
        typedef unsigned short __kernel_ipc_pid_t;
        #define __kernel_ipc_pid_t __kernel_ipc_pid_t
        typedef unsigned short __kernel_uid_t;
        typedef unsigned short __kernel_gid_t;
        #define __kernel_uid_t __kernel_uid_t
        typedef unsigned short __kernel_old_dev_t;
        #define __kernel_old_dev_t __kernel_old_dev_t
        #elif defined(__s390x__)
        typedef unsigned short __kernel_old_dev_t;
        #define __kernel_old_dev_t __kernel_old_dev_t
        typedef unsigned int __kernel_ino_t;
        #define __kernel_ino_t __kernel_ino_t
        #elif defined(__x86_64__) || defined(__powerpc64__)
        typedef unsigned long __kernel_old_dev_t;
        #define __kernel_old_dev_t __kernel_old_dev_t
        #endif
        #if defined(__x86_64__) || defined(__aarch64__)
        typedef unsigned short __kernel_old_uid_t;
        typedef unsigned short __kernel_old_gid_t;
        #define __kernel_old_uid_t __kernel_old_uid_t
        #endif
        #include <asm-generic/posix_types.h>
        """,
    ]

    /// What is included, on machines with a C library and on those without.
    private static let hosted = [
        "stdint.h", "stddef.h", "limits.h", "sys/types.h", "endian.h", "time.h", "sys/time.h", "sys/uio.h",
        "sys/socket.h", "netinet/in.h", "sys/un.h", "poll.h", "linux/types.h", "wchar.h", "uchar.h",
    ]
    private static let windows = [
        "winsock2.h", "ws2tcpip.h", "windows.h", "stdint.h", "stddef.h", "sys/types.h", "time.h",
    ]
    private static let bare = ["stdint.h", "stddef.h"]

    /// What C code can ask of a header's types: sizes, alignments, signs, offsets.
    private struct Question {
        var name: String
        var expression: String
        var answer: Int
    }

    private static func questions(_ header: CHeader) -> [Question] {
        var questions: [Question] = []
        let types = header.parser.types
        for (name, typedef) in types.typedefs.sorted(by: { $0.key < $1.key }) {
            guard name != "bool", let extent = try? header.parser.extent(of: typedef.type, at: .nowhere)
            else { continue }
            questions.append(Question(name: name, expression: "sizeof(\(name))", answer: extent.size))
            questions.append(Question(name: name, expression: "_Alignof(\(name))", answer: extent.alignment))
            if case .scalar(let scalar) = typedef.type.bare, !scalar.isFloating {
                let isSigned = header.abi.isSigned(scalar)
                let sign = "((\(name))-1 < 0)"
                questions.append(Question(name: name, expression: sign, answer: isSigned ? 1 : 0))
            }
        }
        for tag in types.tags.keys.sorted() {
            guard let structure = try? header.structure("struct \(tag)") else { continue }
            func ask(_ expression: String, _ answer: Int, _ name: String) {
                questions.append(Question(name: name, expression: expression, answer: answer))
            }
            ask("sizeof(struct \(tag))", structure.size, tag)
            ask("_Alignof(struct \(tag))", structure.alignment, tag)
            for member in structure.members {
                let place = "__builtin_offsetof(struct \(tag), \(member.name))"
                ask(place, member.offset, tag + "." + member.name)
            }
        }
        return questions
    }

    /// The answers of a compiler; a question that it does not understand is left out.
    private static func answers(_ questions: [Question], _ includes: [String], _ command: [String]) throws
        -> [Int?]
    {
        var text = includes.map { "#include <\($0)>\n" }.joined()
        let first = includes.count + 1
        // One assertion a line: what is wrong is named by its line.
        for question in questions {
            text += "_Static_assert(\(question.expression) == \(question.answer), \"PARLEY\");\n"
        }
        let output = try Judge.inFolder(text) { file, folder in
            for (name, content) in overlay {
                let place = folder.appending(path: "overlay/" + name)
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(content.utf8).write(to: place)
            }
            let folders = folder.appending(path: "overlay").path
            let line = command.map { $0 == "OVERLAY" ? folders : $0 }.joined(separator: " ")
            return try Judge.run(["sh", "-c", "\(line) -w -fsyntax-only -fmax-errors=0 '\(file)' 2>&1; true"])
        }
        var result: [Int?] = questions.map(\.answer)
        var isFatal = false
        // A name that is not known there is told of once only.
        var unknown: Set<String> = []
        for line in output.split(separator: "\n") {
            if line.contains("fatal error") { isFatal = true }
            let words = line.split(separator: ":")
            guard words.count > 3, words[0].hasSuffix("random.c"), let number = Int(words[1]),
                line.contains("error"), questions.indices.contains(number - first)
            else { continue }
            // A failed assertion is another answer; any other error means that the name is not known there.
            if line.contains("PARLEY") {
                result[number - first] = -1
            } else {
                unknown.insert(questions[number - first].name)
            }
        }
        for (index, question) in questions.enumerated() where unknown.contains(question.name) {
            result[index] = nil
        }
        if isFatal { throw Judge.Failure(text: String(output.prefix(2_000))) }
        return result
    }

    private static let judges = Judge.first.filter { $0.command[0].hasSuffix("gcc") }

    @Test(arguments: BuiltInTypeTests.judges)
    func `every type of the standard headers is laid out as the compiler does`(_ judge: Judge) throws {
        guard Judge.find(judge.command[0]) != nil else { return print("skipped: no \(judge)") }
        let isBare = judge.abi.name == "avr"
        let system = "/usr/include/x86_64-linux-gnu"
        guard isBare || FileManager.default.fileExists(atPath: system + "/bits/types.h") else {
            return print("skipped: the headers of glibc are not here")
        }
        let includes = isBare ? Self.bare : Self.hosted
        let places =
            isBare
            ? ["-ffreestanding"]
            : ["-isystem", "OVERLAY", "-isystem", system, "-isystem", "/usr/include", "-D_GNU_SOURCE"]
        try compare(judge.abi, includes, judge.command + places, least: isBare ? 80 : 350)
    }

    @Test func `every type of Windows' headers is laid out as MinGW's compiler does`() throws {
        let command = ["x86_64-w64-mingw32-gcc", "-mms-bitfields"]
        guard Judge.find(command[0]) != nil else { return print("skipped: no \(command[0])") }
        try compare(.windowsX64, Self.windows, command, least: 200)
    }

    private func compare(_ abi: ABI, _ includes: [String], _ command: [String], least: Int) throws {
        let text = includes.map { "#include <\($0)>\n" }.joined()
        let header = try CHeader(source: text, file: "all.h", abi: abi)
        #expect(header.problems.isEmpty && header.remarks.isEmpty, "\(header.problems) \(header.remarks)")
        let questions = Self.questions(header)
        let answers = try Self.answers(questions, includes, command)
        for (question, answer) in zip(questions, answers) where answer == -1 {
            Issue.record("\(abi.name): \(question.expression) is not \(question.answer)")
        }
        let compared = answers.filter { $0 != nil }.count
        #expect(compared > least, "\(abi.name): \(compared) of \(questions.count)")
    }
}
