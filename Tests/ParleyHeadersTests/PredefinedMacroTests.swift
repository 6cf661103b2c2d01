import Foundation
import Testing

@testable import ParleyHeaders

/// The macros by which a header asks how types lie have the values that the ABI's compiler gives them, and so
/// have those of `stdint.h` and `limits.h`.
@Suite struct PredefinedMacroTests {
    /// Names that say how types and bytes lie.
    private static func decides(_ name: String) -> Bool {
        for skipped in ["FLT16", "FLT32", "FLT64", "FLT128", "DBL_MAX", "FLT_MAX", "_ACCUM", "FRACT", "FBIT"]
        where name.contains(skipped) { return false }
        for start in ["__DBL_M", "__LDBL_M", "__FLT_M", "__DEC", "__GCC_", "__BFLT"]
        where name.hasPrefix(start) && (!name.hasSuffix("_MANT_DIG__") || name.hasPrefix("__DEC")) {
            return false
        }
        if name.hasPrefix("__SIZEOF_") { return true }
        for ending in ["_TYPE__", "_WIDTH__", "_MAX__", "_MIN__", "_MANT_DIG__"] where name.hasSuffix(ending)
        {
            return true
        }
        return [
            "__CHAR_BIT__", "__CHAR_UNSIGNED__", "__BYTE_ORDER__", "__FLOAT_WORD_ORDER__",
            "__ORDER_LITTLE_ENDIAN__", "__ORDER_BIG_ENDIAN__", "__ORDER_PDP_ENDIAN__",
            "__BIGGEST_ALIGNMENT__",
            "__LP64__", "_LP64", "__ILP32__", "_ILP32", "__FLT_RADIX__", "__BIG_ENDIAN__", "_BIG_ENDIAN",
            "__x86_64__", "__i386__", "__aarch64__", "__arm__", "__riscv", "__riscv_xlen", "__m68k__",
            "__s390__", "__s390x__", "__powerpc64__", "__powerpc__", "__PPC__", "__PPC64__", "__AVR__",
            "__MSP430__", "_WIN32",
            "_WIN64", "_M_X64", "__linux__", "linux", "unix", "__unix__", "__ARM_SIZEOF_MINIMAL_ENUM",
            "__ARM_SIZEOF_WCHAR_T", "__AARCH64EL__", "__ARMEL__", "__ELF__", "__STDC_VERSION__",
            "__STDC_HOSTED__", "__WCHAR_UNSIGNED__", "__ARM_PCS_VFP", "_CALL_ELF", "__i686__",
        ].contains(name)
    }

    /// What `gcc -dM -E` says of a text.
    private static func macros(_ command: [String], _ text: String = "") throws -> [String: String] {
        // Debian's cross compilers have no C library; what limits.h asks of one is the same on all machines.
        let library = "/usr/include/x86_64-linux-gnu"
        let output = try Judge.inFolder(text) { file, folder in
            let stubs = folder.appending(path: "gnu")
            try FileManager.default.createDirectory(at: stubs, withIntermediateDirectories: true)
            try Data().write(to: stubs.appending(path: "stubs.h"))
            let isBare = command[0].hasPrefix("avr") || text.isEmpty
            let places = isBare ? [] : ["-isystem", folder.path, "-isystem", library]
            return try Judge.run(command + places + ["-ffreestanding", "-dM", "-E", file])
        }
        var found: [String: String] = [:]
        for line in output.split(separator: "\n") where line.hasPrefix("#define ") {
            let words = line.dropFirst(8).split(separator: " ", maxSplits: 1)
            guard let name = words.first, !name.contains("(") else { continue }
            found[String(name)] = words.count > 1 ? String(words[1]) : ""
        }
        return found
    }

    /// The values of macros in a header; those that are no numbers as their sorted words.
    private static func values(_ names: [String], _ before: String, _ abi: ABI) throws -> [String: String] {
        var text = before
        for name in names { text += "\n#define PARLEY_\(name) \(name)" }
        let header = try CHeader(source: text, file: "macros.h", abi: abi)
        var found: [String: String] = [:]
        for constant in header.constants where constant.name.hasPrefix("PARLEY_") {
            guard case .integer(let value) = constant.value else { continue }
            found[String(constant.name.dropFirst(7))] = "\(value)"
        }
        return found
    }

    private static func sorted(_ type: String) -> String {
        var words = type.split(separator: " ").map(String.init).sorted()
        if words.count > 1 { words.removeAll { $0 == "int" } }
        return words.joined(separator: " ")
    }

    private static let judges =
        Judge.first.filter { $0.abi.name != "msp430" }
        + [Judge(abi: .msp430, command: ["clang", "-target", "msp430"], method: .dump, features: .init())]

    @Test(arguments: PredefinedMacroTests.judges)
    func `each macro that decides a layout has the compiler's value`(_ judge: Judge) throws {
        guard Judge.find(judge.command[0]) != nil else { return print("skipped: no \(judge)") }
        let all = try Self.macros(judge.command)
        var names = all.keys.filter(Self.decides).sorted()
        // clang knows more of them than the compiler it stands for, and other fast types.
        if judge.command[0] == "clang" {
            names.removeAll { $0.contains("LEAST") || $0.contains("FAST") || $0.hasSuffix("_WIDTH__") }
            names.removeAll { ["__CHAR32_TYPE__", "__SIG_ATOMIC_MAX__", "__STDC_HOSTED__"].contains($0) }
            let int16 = ["__CHAR16_TYPE__", "__INT16_TYPE__", "__UINT16_TYPE__"]
            names.removeAll { judge.abi.name == "msp430" && int16.contains($0) }
            names.removeAll { $0 == "__x86_64__" || $0.hasPrefix("__LDBL_M") || $0.hasPrefix("__BOOL") }
        }
        // Freestanding, or older than what Parley follows.
        names.removeAll { $0 == "__STDC_HOSTED__" || $0 == "__STDC_VERSION__" }
        let own = try Self.values(names, "", judge.abi)
        // What the compiler means by them, with its own macros alone.
        var text = "#undef __BYTE_ORDER__\n"
        for (name, value) in all where !name.hasPrefix("__STDC") {
            text += "#undef \(name)\n#define \(name) \(value)\n"
        }
        let other = try Self.values(names, text, judge.abi)
        var compared = 0
        for name in names {
            if name.hasSuffix("_TYPE__") {
                let line = try Self.typeText(name, judge.abi)
                #expect(Self.sorted(line) == Self.sorted(all[name] ?? ""), "\(judge): \(name)")
                compared += 1
            } else if let value = other[name] {
                #expect(own[name] == value, "\(judge): \(name) is \(all[name] ?? "")")
                compared += 1
            }
        }
        #expect(compared > 40, "\(compared)")
    }

    /// What a macro's type is spelled as.
    private static func typeText(_ name: String, _ abi: ABI) throws -> String {
        var preprocessor = Preprocessor(abi: abi, limits: HeaderLimits()) { _ in nil }
        do throws(Fault) {
            try preprocessor.run(HeaderSource(file: "type.h", text: name + "\n"))
        } catch {
            throw Judge.Failure(text: "\(error)")
        }
        return preprocessor.output.map(\.text).joined(separator: " ")
    }

    /// Whether the C standard names it; the C library of the machine that runs the test adds its own.
    private static func isOfC(_ name: String) -> Bool {
        let word = name.prefix { $0 != "_" }.filter(\.isLetter)
        return !name.contains("NAME")
            && [
                "INT", "UINT", "INTMAX", "UINTMAX", "INTPTR", "UINTPTR", "PTRDIFF", "SIZE", "WCHAR", "WINT",
                "SIG", "CHAR", "SCHAR", "UCHAR", "SHRT", "USHRT", "LONG", "ULONG", "LLONG", "ULLONG",
            ].contains(word)
    }

    @Test(arguments: Judge.first.filter { $0.command[0].hasSuffix("gcc") })
    func `the limits of stdint.h and limits.h are the compiler's, and #if knows them`(_ judge: Judge) throws {
        guard Judge.find(judge.command[0]) != nil else { return print("skipped: no \(judge)") }
        let includes = "#include <stdint.h>\n#include <limits.h>\n#include <stddef.h>\n"
        let plain = Set(try Self.macros(judge.command).keys)
        let all = try Self.macros(judge.command, includes)
        let names = all.keys.filter {
            !plain.contains($0) && ($0.hasSuffix("_MAX") || $0.hasSuffix("_MIN") || $0 == "CHAR_BIT")
                && Self.isOfC($0)
        }.sorted()
        #expect(names.count > 50, "\(names.count)")
        let own = try Self.values(names, includes, judge.abi)
        var text = includes
        for (name, value) in all where !plain.contains(name) && !value.isEmpty {
            text += "#undef \(name)\n#define \(name) \(value)\n"
        }
        let other = try Self.values(names, text, judge.abi)
        for name in names { #expect(own[name] == other[name], "\(judge): \(name) is \(all[name] ?? "")") }
        // In #if all numbers have 64 bits, and there are no casts.
        var conditions = includes
        for name in names {
            guard let value = other[name] else { continue }
            let isLarge = !value.hasPrefix("-") && value.count > 18
            let least = "-9223372036854775808"
            let literal = value == least ? "(-9223372036854775807 - 1)" : value + (isLarge ? "u" : "")
            conditions += "#if !defined(\(name)) || \(name) != \(literal)\n"
            conditions += "enum { WRONG_\(name) };\n#endif\n"
        }
        let wrong = try CHeader(source: conditions, file: "if.h", abi: judge.abi).constants.map(\.name)
        #expect(wrong.isEmpty, "\(judge): \(wrong)")
    }

    @Test(arguments: ABI.all)
    func `pointers can be asked for their size before anything is included`(_ abi: ABI) throws {
        let text = """
            #include <stdint.h>
            #if UINTPTR_MAX == 0xffffu
            struct p { uint16_t v; };
            #elif UINTPTR_MAX == 0xffffffffu
            struct p { uint32_t v; };
            #elif UINTPTR_MAX == 0xffffffffffffffffu && INTPTR_MAX > 0 && SIZE_MAX == UINTPTR_MAX
            struct p { uint64_t v; };
            #else
            #error none
            #endif
            #if __SIZEOF_POINTER__ * 8 != __INTPTR_WIDTH__ || PTRDIFF_MAX != INTPTR_MAX
            #error other
            #endif
            """
        #expect(try CHeader(source: text, file: "p.h", abi: abi).structure("p").size == abi.pointer.size)
    }
}
