import ParleyHeaders
import ParleyWire
import Testing

/// What C headers are made of.
@Suite struct LanguageTests {
    private func header(_ text: String, _ files: [String: String] = [:]) throws(HeaderError) -> CHeader {
        try CHeader(source: text, file: "t.h") { request in
            files[request.path].map { HeaderSource(file: request.path, text: $0) }
        }
    }

    /// The size of `struct s` after some text.
    private func size(_ text: String, _ files: [String: String] = [:]) throws -> Int {
        let header = try header(text, files)
        #expect(header.problems.isEmpty, "\(header.problems.first?.rendered ?? "")")
        return try header.structure("s").size
    }

    private func value(_ expression: String, _ before: String = "") throws -> CHeader.Constant.Value? {
        try header("\(before)\n#define VALUE \(expression)\n").constants.first { $0.name == "VALUE" }?.value
    }

    @Test(arguments: [
        "#ifndef X\n#define X\nstruct s { char c[3]; };\n#endif",
        "#pragma once\nstruct s { char c[3]; };",
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\nstruct s { char c[3]; };\n#ifdef __cplusplus\n}\n#endif",
        "extern \"C\" {\nstruct s { char c[3]; };\n}\nint f(void);",
        "#if 0\nit's not C\n#elif defined(NO) || !defined YES\nstruct s { char c[3]; };\n#else\n#error no\n#endif",
        "#if defined(X) && X / 0\n#else\nstruct s { char c[3]; };\n#endif",
        "#define ONE 1\n#if ONE + 2 * 3 == 7 && (ONE ? 1 : 0) && 0x10 >> 4 == 1\nstruct s { char c[3]; };\n#endif",
        "#define N 4\n#undef N\n#ifndef N\n#define N 3\n#endif\nstruct s { char c[N]; };",
        "struct s { // one\n char /* two */ c[\\\n3]; };",
        "#define MAX(a, b) ((a) > (b) ? (a) : (b))\nstruct s { char c[MAX(MAX(1, 2), 3)]; };",
        "#define CAT(a, b) a ## b\nstruct s { char CAT(c, 1)[CAT(0x, 3)]; };",
        "#define FIELD(t, n) t n;\n#define LIST FIELD(char, a) FIELD(char, b)\nstruct s { LIST FIELD(char, c) };",
        "#define V(f, ...) f __VA_ARGS__\nstruct s { V(char, a, b, c); };",
        "enum { A, B = 5, C = B - 2 };\nstruct s { char c[C]; };",
        "enum e { A = -1, B, C = A + 4 };\nstruct s { char c[C]; };",
        "typedef char t[3];\ntypedef t u;\nstruct s { u c; };",
        "struct a { char x[3]; };\nstruct s { char c[sizeof(struct a)]; };",
        "struct a { char x; short y; };\n#include <stddef.h>\nstruct s { char c[offsetof(struct a, y) + 1]; };",
        "struct s { char c['\\3']; };", "struct s { char c[sizeof \"ab\"]; };",
        "struct s { char c[(unsigned char)259]; };", "struct s { char c[sizeof(char[3])]; };",
        "static inline int f(int x) { if (x) { return 1; } return 0; }\nstruct s { char c[3]; };",
        "int f(struct s *, int (*)(void)), g;\nextern const char *names[];\nstruct s { char c[3]; };",
        "_Static_assert(sizeof(int) == 4, \"int\");\nstruct s { char c[3]; _Static_assert(1, \"\"); };",
        "static const int x[] = { 1, 2, 3 };\nstruct s { char c[3]; };",
        "struct s { char c[3]; } __attribute__((packed, deprecated(\"no\")));",
        "struct __attribute__((__packed__)) s { char a; short b; };",
        "struct s { char a; short b __attribute__((packed)); };",
        "#pragma pack(push, 1)\nstruct s { char a; short b; };\n#pragma pack(pop)",
        "#ifdef __GNUC__\n#define PACKED __attribute__((packed))\n#endif\nstruct s { char a; short b; } PACKED;",
        "typedef struct { char a; short b; } __attribute__((packed)) s;",
        "typedef struct tag s;\nstruct tag { char c[3]; };",
        "#include <unknown.h>\nstruct s { char c[3]; };",
        "struct s { char a; struct { char b; union { char c; char d; }; }; };",
        "struct s { char c[3]; }; struct s2 { struct unknown *next; };",
        "#define A B\n#define B A\n#define N(x) x\nstruct s { char A[N(3)]; };",
        "struct s { char (c)[3]; };", "struct s { char a; char b[1][2]; };",
        "struct s { _Bool a; signed char b; unsigned char c; };",
        "\u{FEFF}struct s { char c[3]; };\r\n",
    ])
    func threeBytes(_ text: String) throws {
        #expect(try size(text) == 3)
    }

    @Test(arguments: [
        ("1 << 31", Int128(Int32.min)), ("1u << 31", 0x8000_0000), ("0xFFFFFFFF + 1", 0),
        ("0xFFFFFFFFLL + 1", 0x1_0000_0000),
        ("-1", -1), ("~0u", 0xFFFF_FFFF), ("~0", -1), ("-1 < 0u", 0), ("010 + 0b11", 11), ("'a'", 97),
        ("'\\xFF'", -1),
        ("7 / -2", -3), ("-7 % 3", -1), ("1 ? 2 : 1/0", 2), ("0 && 1/0", 0), ("5 - 2 - 1", 2), ("!3 == 0", 1),
        ("18446744073709551615ull", Int128(UInt64.max)), ("(char)200", -56), ("1 | 2 ^ 3 & 4", 3),
        ("sizeof(long double)", 16),
    ])
    func constantsAreCs(_ expression: String, _ expected: Int128) throws {
        #expect(try value(expression) == .integer(expected))
    }

    @Test func standardHeadersDefineTheirConstants() throws {
        let before = "#include <limits.h>\n#include <stdint.h>"
        #expect(try value("INT_MAX", before) == .integer(Int128(Int32.max)))
        #expect(try value("ULONG_MAX", before) == .integer(Int128(UInt64.max)))
        #expect(try value("INT64_MIN", before) == .integer(Int128(Int64.min)))
        #expect(try value("\"a\" \"b\\n\"") == .text("ab\n"))
        #expect(try value("a_function(3)") == nil)
        #expect(try value("__constant_htonl(0x00800000)", "#include <asm/byteorder.h>") == .integer(0x8000))
    }

    @Test func everyKindOfFieldHasItsType() throws {
        let header = try header(
            """
            #include <stdint.h>
            #include <stdbool.h>
            enum colour { RED, GREEN = 7 };
            enum sign { MINUS = -1 };
            struct inner { uint16_t a; };
            struct s {
                char c; int8_t i; uint8_t u; int64_t l; float f; double d; bool b; enum colour e; enum sign g;
                char text[4]; uint8_t bytes[5]; unsigned char raw[6]; char lines[2][3]; uint16_t numbers[2][2];
                struct inner one, many[2];
            } __attribute__((packed));
            """
        )
        func integer(_ bytes: Int, _ isSigned: Bool) -> FieldType {
            .integer(IntegerType(bytes: bytes, isSigned: isSigned))
        }
        let inner = MessageLayout(name: "inner", packing: [.init("a", integer(2, false))])
        let expected: [FieldType] = [
            integer(1, true), integer(1, true), integer(1, false), integer(8, true),
            .float(bytes: 4, order: .big),
            .float(bytes: 8, order: .big), .bool,
            .enumeration(
                EnumerationType(
                    name: "colour",
                    integer: IntegerType(bytes: 4, isSigned: false),
                    cases: [.init(name: "RED", value: 0), .init(name: "GREEN", value: 7)],
                    isOpen: true
                )
            ),
            .enumeration(
                EnumerationType(
                    name: "sign",
                    integer: IntegerType(bytes: 4, isSigned: true),
                    cases: [.init(name: "MINUS", value: -1)],
                    isOpen: true
                )
            ),
            .text(capacity: 4), .bytes(count: 5), .bytes(count: 6), .array(of: .text(capacity: 3), count: 2),
            .array(of: .array(of: integer(2, false), count: 2), count: 2), .message(inner),
            .array(of: .message(inner), count: 2),
        ]
        #expect(try header.layout(of: "s").fields.map(\.type) == expected)
    }

    @Test func holesArePaddingAndRemarked() throws {
        let header = try header("#include <stdint.h>\nstruct s { uint8_t a; uint32_t b; uint8_t c; };")
        let layout = try header.layout(of: "s")
        #expect(layout.fields.map(\.role) == [.value, .padding, .value, .value, .padding])
        #expect(layout.fields.map(\.offset) == [0, 1, 4, 8, 9])
        #expect(layout.sizeMinimum == 12)
        #expect(try header.remarks(on: "s").map(\.reason) == [.holes(structure: "s", bytes: 6)])
    }

    @Test func tailBeginsAtOffsetofEvenInsideOfPadding() throws {
        let header = try header("#include <stdint.h>\nstruct s { uint32_t a; uint8_t b; char text[]; };")
        #expect(try header.layout(of: "s").tail == .init("text", .tail(TailType(.text)), offset: 5))
        #expect(
            try header.remarks(on: "s").map(\.reason) == [
                .tailInsidePadding(field: "text", offset: 5, size: 8)
            ]
        )
    }

    @Test(arguments: [
        ("char x[];", TailType(.text)), ("uint8_t x[0];", TailType(.bytes)),
        ("uint16_t x[];", TailType(.items(.integer(IntegerType(bytes: 2, isSigned: false))))),
        ("char x[][8];", TailType(.items(.text(capacity: 8)))),
    ])
    func openArraysAreTails(_ field: String, _ tail: TailType) throws {
        let header = try header("#include <stdint.h>\nstruct s { uint16_t n; \(field) };")
        #expect(try header.layout(of: "s").tail?.type == .tail(tail))
    }

    @Test func sizesThatDependOnTheMachineAreRemarked() throws {
        let header = try header(
            "typedef unsigned int u32;\nstruct s { int a; long b; u32 c; short d; } __attribute__((packed));"
        )
        #expect(
            try header.remarks(on: "s").map(\.description) == [
                "t.h:2:16: remark: the size of int a depends on the machine: 4 bytes on x86-64",
                "t.h:2:24: remark: the size of long b depends on the machine: 8 bytes on x86-64",
            ]
        )
    }

    @Test func headersThatForgetTheirIncludesAreReadWithARemark() throws {
        let header = try header("struct s { uint32_t a, b; };\n#include <nobody.h>")
        #expect(try header.layout(of: "s").sizeMinimum == 8)
        #expect(header.remarks.map(\.reason) == [.skippedHeader("nobody.h"), .assumedType("uint32_t")])
    }

    @Test func packedAfterTheNameIsIgnoredAsCompilersDo() throws {
        let header = try header("typedef struct { char a; int b; } s __attribute__((packed));")
        #expect(try header.structure("s").size == 8)
        #expect(header.remarks.map(\.reason) == [.ignoredAttribute("packed")])
    }

    @Test func neighboursAreIncludedAndNamedInErrors() throws {
        let files = [
            "size.h": "#pragma once\n#include \"type.h\"\n#define N 3\n",
            "type.h": "#include \"size.h\"\ntypedef char byte;\n",
            "bad.h": "\nstruct bad { nothing x; };\n",
        ]
        #expect(try size("#include \"size.h\"\n#include \"type.h\"\nstruct s { byte c[N]; };", files) == 3)
        let header = try header("#include \"bad.h\"\nstruct s { struct bad b; };", files)
        let error = #expect(throws: HeaderError.self) { try header.layout(of: "s") }
        #expect(error?.description == "bad.h:2:14: error: there is no type nothing")
    }

    @Test func structsAreListedInOrder() throws {
        let header = try header(
            "#include <netinet/in.h>\nstruct b; typedef struct a { struct c { char x; } y; } t; struct b { char x; };"
        )
        #expect(header.structs == ["a", "c", "t", "b"])
        #expect(try header.structure("sockaddr_in").size == 16)
    }
}
