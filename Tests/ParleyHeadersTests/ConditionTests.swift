import Foundation
import Testing

@testable import ParleyHeaders

/// What an `#if` asks is answered as the ABI's compiler answers, or it is said that a branch was guessed.
@Suite struct ConditionTests {
    /// For each condition whether it holds; nil where a compiler does not take it.
    private func ours(_ conditions: [String], before: String = "", _ abi: ABI) throws -> [Bool] {
        var text = before + "\n"
        for (index, condition) in conditions.enumerated() {
            text += "#if \(condition)\nenum { HOLDS_\(index) };\n#endif\n"
        }
        let header = try CHeader(source: text, file: "conditions.h", abi: abi)
        let names = Set(header.constants.map(\.name))
        return conditions.indices.map { names.contains("HOLDS_\($0)") }
    }

    private func theirs(_ conditions: [String], before: String = "", _ command: [String]) throws -> [Bool] {
        var text = before + "\n"
        for (index, condition) in conditions.enumerated() {
            text += "#if \(condition)\nHOLDS_\(index)\n#endif\n"
        }
        let output = try Judge.inFolder(text) { file, _ in
            try Judge.run(command + ["-E", "-P", "-w", file])
        }
        let names = Set(output.split(whereSeparator: \.isWhitespace))
        return conditions.indices.map { names.contains("HOLDS_\($0)") }
    }

    static let judges = Judge.first.filter { $0.command[0].hasSuffix("gcc") && $0.abi.name != "avr" }

    private static let attributes = [
        "packed", "__packed__", "aligned", "scalar_storage_order", "mode", "vector_size", "ms_struct",
        "gcc_struct", "deprecated", "fallthrough", "nodiscard", "maybe_unused", "noreturn", "unused", "naked",
        "interrupt", "regparm", "ms_abi", "progmem", "pcs", "counted_by", "strict_flex_array", "overloadable",
        "ext_vector_type", "address_space", "access", "zero_call_used_regs", "gnu::packed", "clang::annotate",
        "no_unique_address", "designated_init", "transparent_union", "warn_if_not_aligned",
    ]

    private static let builtins = [
        "__builtin_offsetof", "__builtin_bswap32", "__builtin_types_compatible_p", "__builtin_bit_cast",
        "__builtin_dynamic_object_size", "__builtin_add_overflow", "__builtin_assume", "__atomic_load_n",
        "__builtin_counted_by_ref", "memcpy",
    ]

    @Test(arguments: ConditionTests.judges)
    func `attributes and builtins are those of GCC`(_ judge: Judge) throws {
        guard Judge.find(judge.command[0]) != nil else { return print("skipped: no \(judge)") }
        var conditions: [String] = []
        for name in Self.attributes {
            conditions.append("__has_attribute(\(name))")
            for question in ["__has_c_attribute", "__has_cpp_attribute"] {
                for value in ["", " == 1", " == 201904L", " == 202003L", " == 202202L"] {
                    conditions.append("\(question)(\(name))\(value)")
                }
            }
        }
        conditions += Self.builtins.map { "__has_builtin(\($0))" }
        for question in [
            "__has_include", "__has_include_next", "__has_attribute", "__has_c_attribute",
            "__has_cpp_attribute", "__has_builtin", "__has_feature", "__has_extension", "__has_embed",
        ] { conditions += ["defined \(question)", "defined(\(question)) && 1"] }
        let own = try ours(conditions, judge.abi)
        let other = try theirs(conditions, judge.command)
        for (index, condition) in conditions.enumerated() where own[index] != other[index] {
            Issue.record("\(judge): \(condition) is \(other[index]), Parley says \(own[index])")
        }
        #expect(own.contains(true) && own.contains(false))
    }

    @Test func `defined is answered in whatever macro it stands`() throws {
        let before = """
            #define YES 1
            #define NOTHING
            #define H defined(YES)
            #define I defined YES && !defined(NO)
            #define J(x) defined(x)
            #define K J
            #define DEEP H && I
            #define HAS_PACKED __has_attribute(packed)
            #define HAS(x) __has_attribute(x)
            #define HDR <stdint.h>
            """
        let conditions = [
            "H", "I", "J(NO)", "K(NO)", "DEEP", "!H", "defined H", "defined(NO) || H",
            "HAS_PACKED", "HAS(packed)", "HAS(nonesuch_clang) || 1", "__has_include(HDR)",
            "__has_include(<stdint.h>)", "__has_include(\"stdint.h\")", "defined YES + defined NO == 1",
        ]
        let own = try ours(conditions, before: before, .x86_64Linux)
        guard Judge.find("gcc") != nil else { return print("skipped: no gcc") }
        let other = try theirs(conditions, before: before, ["gcc"])
        for (index, condition) in conditions.enumerated() where own[index] != other[index] {
            Issue.record("\(condition) is \(other[index]), Parley says \(own[index])")
        }
    }

    @Test func `what cannot be known is taken as false, and that is said`() throws {
        let text = """
            #if __has_include(<nonesuch/protocol.h>)
            struct s { int a; };
            #else
            struct s { short a; };
            #endif
            #if defined(__has_feature) && __has_feature(c_atomic)
            #elif 0 && __has_include(<never/asked.h>)
            #endif
            """
        let header = try CHeader(source: text, file: "guess.h")
        #expect(try header.structure("s").size == 2)
        let sentence = "__has_include(<nonesuch/protocol.h>) is taken as false"
        #expect(header.remarks.contains { $0.description.contains(sentence) })
        #expect(header.remarks.first?.location.line == 1)
    }

    @Test func `a file that is there is included, and is known to be`() throws {
        let text = """
            #ifdef __has_include
            #if __has_include("own.h") && __has_include(<sub/own.h>) && !__has_include("other.h")
            #include "own.h"
            #endif
            #endif
            """
        let header = try CHeader(source: text, file: "x.h") {
            $0.path.hasSuffix("own.h") ? HeaderSource(file: $0.path, text: "struct own { int a; };") : nil
        }
        #expect(header.structs == ["own"])
    }

    @Test func `headers of other machines are not there`() throws {
        let question = """
            #if __has_include(<windows.h>)
            enum { W };
            #elif __has_include(<sys/socket.h>)
            enum { U };
            #endif
            """
        for (abi, name) in [(ABI.windowsX64, "W"), (.x86_64Linux, "U"), (.m68kLinux, "U"), (.avr, nil)] {
            let header = try CHeader(source: question, file: "x.h", abi: abi)
            #expect(header.constants.map(\.name) == (name.map { [$0] } ?? []), "\(abi.name)")
        }
    }
}
