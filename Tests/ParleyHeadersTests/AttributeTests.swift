import ParleyHeaders
import ParleyWire
import Testing

/// Attributes and pragmas that change layouts. The numbers are those of GCC 12 for the machine in question.
@Suite struct AttributeTests {
    private func header(_ text: String, _ abi: ABI = .x86_64Linux) throws(HeaderError) -> CHeader {
        let header = try CHeader(source: text, file: "t.h", abi: abi)
        #expect(header.problems.isEmpty, "\(header.problems.first?.rendered ?? "")")
        return header
    }

    /// `size/alignment` of `s` and the offsets of its members.
    private func shape(_ text: String, _ abi: ABI = .x86_64Linux) throws -> String {
        let structure = try header(text, abi).structure("s")
        let offsets = structure.members.map { "\($0.offset)" }.joined(separator: " ")
        return "\(structure.size)/\(structure.alignment) \(offsets)"
    }

    @Test(arguments: [
        ("struct s { char c; enum { A } __attribute__((mode(QI))) a; };", "2/1 0 1"),
        ("enum e { A = 300 } __attribute__((mode(DI))); struct s { char c; enum e a; };", "16/8 0 8"),
        ("enum __attribute__((mode(HI))) e { A }; struct s { char c; enum e a; };", "4/2 0 2"),
        ("enum e { A = 300 }; struct s { char c; enum e a __attribute__((mode(HI))); };", "4/2 0 2"),
        ("typedef enum { A } t __attribute__((mode(QI))); struct s { char c; t a; };", "2/1 0 1"),
    ])
    func modesOfEnums(_ text: String, _ expected: String) throws {
        #expect(try shape(text) == expected)
    }

    @Test func valuesMustFitTheModeOfAnEnum() throws {
        let text = "enum e { A = 1000 } __attribute__((mode(QI))); struct s { enum e a; };"
        let header = try CHeader(source: text, file: "t.h")
        #expect(header.problems.count > 0)
        #expect(throws: HeaderError.self) { try header.structure("s") }
    }

    @Test(arguments: [
        ("struct s { char c; int * __attribute__((aligned(16))) p; };", "32/16 0 16"),
        ("struct s { char c; int * __attribute__((aligned(2))) p; };", "10/2 0 2"),
        ("struct s { char c; int * __attribute__((aligned(16))) p, *q; };", "32/16 0 16 24"),
        ("struct s { char c; int (* __attribute__((aligned(16))) p)[2]; };", "32/16 0 16"),
        ("struct s { char c; short * __attribute__((aligned(16))) * p; };", "16/8 0 8"),
        ("struct s { char c; short * __attribute__((aligned(16))) const p; };", "32/16 0 16"),
        ("typedef int * __attribute__((aligned(2))) t; struct s { char c; t p; };", "10/2 0 2"),
        (
            "struct s { char c; short * __attribute__((aligned(16))) p; short (__attribute__((aligned(16))) z); };",
            "48/16 0 16 32"
        ),
    ])
    func attributesInsideOfDeclarators(_ text: String, _ expected: String) throws {
        #expect(try shape(text) == expected)
    }

    @Test(arguments: [
        ("struct s { int x; } __attribute__((aligned(16), aligned(8)));", "8/8 0"),
        ("struct s { int x; } __attribute__((aligned(16))) __attribute__((aligned(8)));", "8/8 0"),
        ("struct s { int x; } __attribute__((aligned(8), aligned(16)));", "16/16 0"),
        ("struct __attribute__((aligned(16))) s { int x; } __attribute__((aligned(8)));", "8/8 0"),
        ("struct s { char c; int x __attribute__((aligned(16), aligned(8))); };", "32/16 0 16"),
        (
            "struct s { char c; __attribute__((aligned(16))) int x __attribute__((aligned(8))); };",
            "32/16 0 16"
        ),
        ("struct s { char c; _Alignas(16) _Alignas(8) int x; };", "32/16 0 16"),
        ("typedef int t __attribute__((aligned(16), aligned(8))); struct s { char c; t x; };", "16/8 0 8"),
        (
            "typedef __attribute__((aligned(16))) int t __attribute__((aligned(8))); struct s { char c; t x; };",
            "32/16 0 16"
        ),
        (
            "typedef __attribute__((aligned(8))) int t __attribute__((aligned(16))); struct s { char c; t x; };",
            "16/8 0 8"
        ),
    ])
    func ofTwoAlignmentsATypeTakesTheLastAndAMemberTheLarger(_ text: String, _ expected: String) throws {
        #expect(try shape(text) == expected)
    }

    @Test(arguments: [
        ("typedef struct { char c; int x; } s __attribute__((aligned(64)));", "8/64 0 4"),
        ("typedef struct { char c; int x; } s __attribute__((aligned(2)));", "8/2 0 4"),
        ("typedef struct s { char c; int x; } t __attribute__((aligned(64)));", "8/4 0 4"),
    ])
    func aTypedefHasAnAlignmentOfItsOwn(_ text: String, _ expected: String) throws {
        #expect(try shape(text) == expected)
    }

    @Test(arguments: [
        (ABI.x86_64Linux, "32 16, 128 64, 16 8"), (.i386Linux, "32 16, 128 64, 12 4"),
        (.arm32Linux, "24 8, 72 8, 16 8"), (.aarch64Linux, "32 16, 80 16, 16 8"),
        (.m68kLinux, "32 16, 128 64, 16 8"), (.s390xLinux, "32 16, 128 64, 16 8"),
        (.avr, "32 16, 128 64, 16 8"), (.ppc64Linux, "32 16, 128 64, 16 8"),
    ])
    func vectorsAreAlignedAsGCCDoes(_ abi: ABI, _ expected: String) throws {
        let found = try [16, 64, 8].map { bytes in
            let text = "typedef char v __attribute__((vector_size(\(bytes)))); struct s { char c; v x; };"
            let structure = try header(text, abi).structure("s")
            return "\(structure.size) \(structure.members[1].offset)"
        }
        #expect(found.joined(separator: ", ") == expected)
    }

    private static let plain = "struct s { char c; int x; };"

    @Test(arguments: [
        ("#pragma pack 1\n", 8, 1), ("#define N 1\n#pragma pack(N)\n", 8, 1), ("#pragma pack(3)\n", 8, 1),
        ("#define N 1\n#pragma pack(push, N)\n", 8, 0), ("#pragma pack(push, 3)\n", 8, 1),
        ("#pragma pack(pop)\n", 8, 1), ("#pragma pack(1\n", 8, 1), ("#pragma pack(32)\n", 8, 1),
        ("#pragma pack(1) junk\n", 5, 0), ("#pragma pack(0x1)\n", 5, 0), ("#pragma pack(push, a, 1)\n", 5, 0),
        ("#pragma pack(push, 1, a)\n", 5, 0),
        ("#pragma pack(push)\n#pragma pack(2)\n#pragma pack(pop, a)\n", 8, 0),
        ("#pragma pack(1)\n#pragma pack()\n", 8, 0), ("_Pragma(\"pack(push,1)\")\n", 5, 0),
        ("_Pragma(\"pack(push,1)\") _Pragma(\"pack(pop)\")\n", 8, 0),
        ("#define P _Pragma(\"pack (push, 1)\")\nP ", 5, 0), ("_Pragma(\"GCC diagnostic push\") ", 8, 0),
        ("#pragma ms_struct on\n", 8, 1),
    ])
    func pragmasOfGCC(_ before: String, _ size: Int, _ remarks: Int) throws {
        let header = try header(before + Self.plain)
        #expect(try header.structure("s").size == size)
        #expect(header.remarks.count == remarks, "\(header.remarks)")
    }

    @Test(arguments: [
        ("#define N 1\n#pragma pack(N)\n", 5), ("__pragma(pack(push,1)) ", 5), ("#pragma pack 1\n", 8),
        (
            "#define PACK(d) __pragma(pack(push, 1)) d __pragma(pack(pop))\nPACK(struct t { char c; int x; });\n",
            8
        ),
    ])
    func pragmasOfMicrosoft(_ before: String, _ size: Int) throws {
        let header = try header(before + Self.plain, .windowsX64)
        #expect(try header.structure("s").size == size)
        if before.contains("PACK") { #expect(try header.structure("t").size == 5) }
    }

    @Test func ignoredPragmasSayWhy() throws {
        let header = try header("#define N 1\n#pragma pack(N)\n" + Self.plain)
        #expect(
            header.remarks.map(\.description) == [
                "t.h:2:2: remark: #pragma pack(N) is ignored: N is no number, and GCC expands no macros here"
            ]
        )
    }

    @Test(arguments: [
        ("#pragma scalar_storage_order big-endian\nstruct s { int x; };", ByteOrder.big, 0),
        (
            "#pragma scalar_storage_order big-endian\n#pragma scalar_storage_order default\nstruct s { int x; };",
            .little, 0
        ),
        ("struct s { int x;\n#pragma scalar_storage_order big-endian\n};", .big, 0),
        ("#pragma scalar_storage_order foo\nstruct s { int x; };", .little, 1),
        (
            "#pragma scalar_storage_order big-endian\n"
                + "struct s { int x; } __attribute__((scalar_storage_order(\"little-endian\")));",
            .little, 0
        ),
    ])
    func storageOrderOfAPragma(_ text: String, _ order: ByteOrder, _ remarks: Int) throws {
        let header = try header(text)
        #expect(try header.structure("s").order == order)
        #expect(header.remarks.count == remarks)
    }

    @Test func linesAreNumberedWhereTheOutermostTokenStands() throws {
        let text =
            "#define L __LINE__\n#define M(x) x\n\nstruct s { char a[__LINE__]; char b[M(L)];\nchar c[L]; };"
        #expect(try header(text).structure("s").members.map(\.size) == [4, 4, 5])
    }

    @Test func stringsMadeOfStringsAreEscaped() throws {
        let text = "#define S(x) #x\nstruct s { char a[sizeof S(\"a\\n\")]; char b[sizeof S('\\0' + 1)]; };"
        #expect(try header(text).structure("s").members.map(\.size) == [6, 9])
    }
}
