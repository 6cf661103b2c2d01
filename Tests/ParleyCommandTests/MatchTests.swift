import Foundation
import ParleyText
import ParleyWire
import Testing

@testable import ParleyCommand

/// `--match`: which fields are equal, and which there are.
struct MatchTests {
    private func form(_ spelling: String) throws -> Form { try FormReader(spelling: spelling).read().form }

    private func value(_ path: MatchPath, _ form: Form, _ words: String...) throws -> MatchPath.Value? {
        path.value(in: try MessageReader(form: form).message(arguments: words))
    }

    @Test func `numbers of different widths, signs and byte orders are equal by value`() throws {
        let form = try form("a:u16le b:i64 c:u8 d:bool")
        for (text, isEqual) in [("a=b", true), ("a=c", true), ("b=c", true), ("a=d", true), ("a", true)] {
            let rule = try MatchRule(text, in: form, form)
            let message = try MessageReader(form: form).message(arguments: ["a=1", "b=1", "c=1", "d=true"])
            #expect((rule.question.value(in: message) == rule.answer.value(in: message)) == isEqual)
        }
        let rule = try MatchRule("a=b", in: form, form)
        let other = try MessageReader(form: form).message(arguments: ["a=65535", "b=-1", "c=1", "d=true"])
        #expect(rule.question.value(in: other) != rule.answer.value(in: other))
    }

    @Test func `text of different capacities is equal up to its NUL`() throws {
        let form = try form("a:char[4] b:char[8] c:u8[6]")
        let message = try MessageReader(form: form).message(arguments: ["a=id7", "b=id7", "c=id7"])
        for text in ["a=b", "a=c", "b=c"] {
            let rule = try MatchRule(text, in: form, form)
            #expect(rule.question.value(in: message) == rule.answer.value(in: message))
            #expect(rule.question.value(in: message) == .bytes(Array("id7".utf8)))
        }
    }

    @Test func `a path leads into structs and arrays, and what is near is named with its path`() throws {
        let folder = try Folder()
        try folder.write(
            "nested.h",
            "#include <stdint.h>\nstruct head { uint32_t seq; uint8_t kind; } __attribute__((packed));\n"
                + "struct msg { struct head header; uint16_t ids[3]; } __attribute__((packed));\n"
        )
        let form = try form(folder.url.path + "/nested.h:msg")
        guard case .layout(let compiled, _) = form else { return }
        let words = #"{"header":{"seq":7,"kind":1},"ids":[4,5,6]}"#
        #expect(try value(MatchPath("header.seq", in: compiled.layout), form, words) == .number(7))
        #expect(try value(MatchPath("ids[2]", in: compiled.layout), form, words) == .number(6))
        for (path, remedy) in [
            ("seq", "Did you mean header.seq?"), ("header.sqe", "Did you mean header.seq?"),
            ("header", "Did you mean header.seq or header.kind?"), ("ids", "Did you mean ids[0]?"),
            ("ids[3]", "Did you mean ids[0]?"),
        ] {
            let ending = #expect(throws: Ending.self) { try MatchPath(path, in: compiled.layout) }
            #expect(ending?.code == 64 && ending?.remedy == remedy, "\(path): \(ending?.remedy ?? "")")
        }
    }

    @Test func `of several messages a field is that of one of them, or the one that each has`() throws {
        let folder = try Folder()
        try folder.write(
            "kinds.h",
            "#include <stdint.h>\n"
                + "struct ask { uint8_t kind; uint32_t seq; uint8_t a; } __attribute__((packed));\n"
                + "struct tell { uint8_t kind; uint64_t seq; uint32_t of; } __attribute__((packed));\n"
        )
        let form = try form(folder.url.path + "/kinds.h:kind{1=ask,2=tell}")
        guard case .layout(let compiled, _) = form else { return }
        let shared = try MatchPath("seq", in: compiled.layout)
        #expect(try value(shared, form, #"{"ask":{"seq":7,"a":0}}"#) == .number(7))
        #expect(try value(shared, form, #"{"tell":{"seq":7,"of":3}}"#) == .number(7))
        let own = try MatchPath("tell.of", in: compiled.layout)
        #expect(try value(own, form, #"{"tell":{"seq":7,"of":3}}"#) == .number(3))
        #expect(try value(own, form, #"{"ask":{"seq":7,"a":0}}"#) == nil)
        #expect(throws: Ending.self) { try MatchPath("of", in: compiled.layout) }
    }
}
