import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyHeaders

/// What `layout --diff` says about two versions of a header.
@Suite struct DifferenceTests {
    private func difference(_ old: String, _ new: String, _ abi: ABI = .x86_64Linux) throws
        -> HeaderDifference
    {
        let headers = try [old, new].map {
            try CHeader(source: "#include <stdint.h>\n" + $0, file: "h.h", abi: abi)
        }
        return try HeaderDifference(old: headers[0], new: headers[1])
    }

    private func only(_ old: String, _ new: String) throws -> (StructureDifference.Verdict, [String]) {
        let structs = try difference("struct s { \(old) };", "struct s { \(new) };").structs
        try #require(structs.count == 1)
        return (
            structs[0].verdict, structs[0].changes.map { "\($0.kind.rawValue) \($0.field) \($0.sentence)" }
        )
    }

    @Test func `the same, however it is written`() throws {
        #expect(try only("uint32_t a; char b[4];", "unsigned int a; char b[2+2];") == (.same, []))
        #expect(
            try only("uint32_t a;", "uint32_t b;") == (
                .renamed, ["renamed b was a: the same bytes, so only sources notice"]
            )
        )
    }

    @Test func `what follows at the end is an extension`() throws {
        let (verdict, changes) = try only("uint32_t a;", "uint32_t a; uint16_t b;")
        #expect(verdict == .extended)
        #expect(changes == ["appended b is new at byte 4, behind all that was there"])
    }

    @Test func `what moves, grows, shrinks, goes or changes its kind breaks`() throws {
        let cases: [(old: String, new: String, change: String)] = [
            ("uint32_t a; uint32_t b;", "uint32_t b; uint32_t a;", "moved b begins at byte 0, was at byte 4"),
            ("uint16_t a;", "uint32_t a;", "resized a has 4 bytes, had 2 bytes"),
            (
                "uint32_t a; uint32_t b;", "uint32_t a;",
                "removed b is gone: old receivers still look for it at byte 4"
            ),
            (
                "int32_t a;", "uint32_t a;",
                "retyped a is uint32_t, was int32_t: values with the highest bit set are read with another sign"
            ),
            (
                "float a;", "uint32_t a;",
                "retyped a is uint32_t, was float: the same bytes mean something else"
            ),
            (
                "uint8_t a[4];", "uint32_t a;",
                "retyped a is uint32_t, was uint8_t[4]: the same bytes are other numbers"
            ),
            (
                "uint8_t a; uint32_t b;", "uint8_t a; uint8_t x; uint32_t b;",
                "filled x is new at byte 1, where padding was: old senders leave anything there"
            ),
            (
                "uint16_t a; uint16_t b;", "uint16_t a; uint16_t x; uint16_t b;",
                "inserted x is new at byte 2, where other bytes were"
            ),
            ("unsigned a : 3;", "unsigned a : 4;", "resized a has 4 bits, had 3 bits"),
            ("uint8_t a[];", "uint8_t a[4];", "resized a has 4 bytes, had as many bytes as follow"),
        ]
        for (old, new, change) in cases {
            // A flexible array needs something in front of it.
            let (verdict, changes) = try only("uint32_t z; " + old, "uint32_t z; " + new)
            #expect(verdict == .broken, "\(old) to \(new)")
            let shifted = change.replacing(/byte (\d+)/) { "byte \(Int($0.1)! + 4)" }
            #expect(changes.contains(shifted), "\(changes)")
        }
    }

    @Test func `values of an enum`() throws {
        func verdict(_ old: String, _ new: String) throws -> (StructureDifference.Verdict?, [String]) {
            let rest = "struct s { enum k kind; };"
            let structs = try difference("enum k { \(old) }; \(rest)", "enum k { \(new) }; \(rest)").structs
            return (structs.first?.verdict, structs.flatMap(\.changes).map(\.sentence))
        }
        #expect(try verdict("A, B", "A, B, C") == (.extended, ["knows more values: C = 2"]))
        #expect(try verdict("A = 1, B = 2", "A = 1, B = 3") == (.broken, ["B is 3, was 2"]))
        #expect(try verdict("A = 1, B = 2", "A = 1") == (.broken, ["B (2) is gone"]))
        #expect(try verdict("A = 1, B = 2", "A = 1, X = 2") == (.broken, ["2 was B, is X"]))
    }

    @Test func `structs come and go, constants change`() throws {
        let difference = try difference(
            "#define N 4\nstruct a { char x[N]; }; struct gone { int x; };",
            "#define N 5\nstruct a { char x[N]; }; struct fresh { int x; };"
        )
        #expect(difference.structs.map(\.name) == ["a", "fresh", "gone"])
        #expect(difference.structs.map(\.verdict) == [.broken, .added, .removed])
        #expect(difference.structs.map(\.verdict.isSameOnTheWire) == [false, true, false])
        #expect(difference.constants.map(\.description) == ["N was 4, is 5"])
    }

    @Test func `a struct is compared with one of another name`() throws {
        let text = "#include <stdint.h>\n"
        let old = try CHeader(source: text + "struct b { uint16_t x; }; struct a { int y; };", file: "o.h")
        let new = try CHeader(source: text + "struct a { uint32_t x; };", file: "n.h")
        let difference = try HeaderDifference(old: old, new: new, struct: "a", oldStruct: "b")
        #expect(difference.structs.map(\.verdict) == [.broken])
        #expect(difference.structs[0].changes.map(\.sentence) == ["has 4 bytes, had 2 bytes"])
        #expect(throws: HeaderError.self) {
            try HeaderDifference(old: old, new: new, struct: "a", oldStruct: "c")
        }
        #expect(throws: HeaderError.self) {
            try HeaderDifference(old: old, new: new, struct: "c", oldStruct: "b")
        }
    }

    @Test func `a changed constant is a change on the wire`() throws {
        let same = "struct s { uint8_t kind; };"
        let changed = try difference("enum { READING = 2 }; \(same)", "enum { READING = 3 }; \(same)")
        #expect(changed.structs.map(\.verdict) == [.same])
        #expect(!changed.isSameOnTheWire)
        #expect(try difference("#define A 1\n\(same)", "#define A 1\n#define B 2\n\(same)").isSameOnTheWire)
    }

    /// The judge is the decoder again: bytes of the old layout, read by the new one.
    @Test func `where the verdict is the same on the wire, both versions read the same values`() throws {
        var random = SeededGenerator(seed: 9)
        let fields = [
            "uint8_t a", "int16_t a", "uint16_t a", "uint32_t a", "float a", "char a[4]", "uint8_t a[4]",
        ]
        for old in fields {
            for new in fields {
                let texts = ["struct s { uint16_t z; \(old); };", "struct s { uint16_t z; \(new); };"]
                let verdict = try difference(texts[0], texts[1]).structs[0].verdict
                let layouts = try texts.map { text in
                    try CHeader(source: "#include <stdint.h>\n" + text, file: "h.h").layout(of: "s")
                }
                var isEqual = layouts[0].sizeMinimum == layouts[1].sizeMinimum
                for _ in 0..<32 where isEqual {
                    let bytes = (0..<layouts[0].sizeMinimum).map { _ in
                        UInt8.random(in: 1...255, using: &random)
                    }
                    let values = try layouts.map { layout in
                        unsafe try DynamicMessage(decoding: bytes.span.bytes, as: layout)["a"]
                    }
                    isEqual = values[0] == values[1]
                }
                // char[4] and uint8_t[4] are the same bytes, shown otherwise.
                if Set([old, new]) == ["char a[4]", "uint8_t a[4]"] { continue }
                #expect(verdict.isSameOnTheWire == isEqual, "\(old) to \(new)")
            }
        }
    }
}
