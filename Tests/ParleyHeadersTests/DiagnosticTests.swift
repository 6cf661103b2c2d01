import ParleyHeaders
import Testing

/// Each mistake is shown where it is, with what was expected.
@Suite struct DiagnosticTests {
    private func error(_ text: String, of name: String = "s", tail: String? = nil) -> HeaderError? {
        do throws(HeaderError) {
            _ = try CHeader(source: text, file: "t.h").layout(of: name, tail: tail)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        // Text and preprocessor
        ("struct s { char a; }; /* no end", "1:23: error: this comment has no end"),
        ("#if 1\nstruct s { char a; };", "1:2: error: this #if has no end"),
        ("#endif", "1:2: error: expected an #if before it, found #endif"),
        ("#else", "1:2: error: expected an #if before it, found #else"),
        ("#if\n#endif", "1:2: error: expected a condition, found the line's end"),
        ("#if 1 +\n#endif", "1:8: error: expected a constant, found the end"),
        ("#if 1 2\n#endif", "1:7: error: expected the line's end, found “2”"),
        ("#if 1 / 0\n#endif", "1:7: error: division by zero"),
        ("#error wrong  word", "1:2: error: #error wrong word"),
        ("#banana", "1:2: error: there is no directive #banana"),
        ("#include \"a.h\"", ": error: there is no struct s; the header defines none"),
        ("#include 3", "1:10: error: expected \"file\" or <file>, found “3”"),
        ("#define 3", "1:9: error: expected a name, found “3”"),
        (
            "#define F(a, b) a\nstruct s { char x[F(1)]; };",
            "2:19: error: the macro F takes 2 arguments, found 1"
        ),
        ("#define F(a) a\nstruct s { char x[F(1]; };", "2:19: error: this macro call has no end"),
        // Declarations
        ("struct s { uint32 a; };", "1:12: error: there is no type uint32"),
        (
            "enum { N = 1 2 };\nstruct s { char a[N]; };",
            "2:19: error: N is no constant that is known here"
        ),
        ("struct s { char a };", "1:18: error: expected “;” after the member a, found “}”"),
        ("struct s { char a\n  char b; };", "1:18: error: expected “;” after the member a, found “char”"),
        ("struct s { char a;", "1:10: error: this { has no end"),
        ("struct s { char a[3; };", "1:20: error: expected “]” after the array size, found “;”"),
        ("struct s { char a, a; };", "1:20: error: the member a is declared twice"),
        ("struct s { char; int float b; };", "1:18: error: int float is no type"),
        ("struct s { char a[-1]; };", "1:19: error: an array cannot have -1 elements"),
        ("struct s { char a[n]; };", "1:19: error: n is no constant that is known here"),
        ("struct s { char a[1.5]; };", "1:19: error: 1.5 is no integer constant"),
        ("struct s { char a[08]; };", "1:19: error: 08 is no integer constant"),
        ("struct s { char a[3 % 0]; };", "1:21: error: division by zero"),
        ("struct s { char a[1 << 40]; };", "1:21: error: a shift by 40 has no meaning in C"),
        ("struct s { char a[0x7fffffff + 1]; };", "1:30: error: the value does not fit its integer type"),
        (
            "struct s { char a[99999999999999999999999]; };",
            "1:19: error: the value does not fit its integer type"
        ),
        (
            "struct s { char a[]; char b; };",
            "1:17: error: an array cannot have an unknown number of elements"
        ),
        ("struct s { struct t a; };", "1:21: error: struct t is not defined before its size is needed"),
        ("struct s { struct s a; };", "1:21: error: struct s is not defined before its size is needed"),
        ("struct s { void a; };", "1:17: error: a member of type void is no type"),
        ("struct s { char a(int); };", "1:17: error: a member of type a function is no type"),
        (
            "struct s { char a __attribute__((aligned(3))); };",
            "1:42: error: 3 is no alignment: a power of two up to 65536 is"
        ),
        ("struct s { \u{0} char a; };", "1:12: error: expected a declaration, found a byte that is no C"),
        ("struct s { char a['x; };", "1:19: error: expected a constant, found an unfinished constant"),
        // Layouts
        ("struct s { char *a; };", "1:18: error: a is a pointer, which means nothing on another machine"),
        (
            "struct s { long double a; };",
            "1:24: error: a is of the type long double, which machines keep each in a form of its own"
        ),
        (
            "struct s { __int128 a; };",
            "1:21: error: a is of the type __int128, which machines keep each in a form of its own"
        ),
        (
            "struct s { union { char *p; int n; } u; };",
            "1:26: error: p is a pointer, which means nothing on another machine"
        ),
        // Bit fields
        ("struct s { char a:9; };", "1:19: error: the bit field a has 9 bits, but its type char has 8"),
        ("struct s { int :40; };", "1:17: error: this bit field has 40 bits, but its type int has 32"),
        ("struct s { int a : -1; };", "1:20: error: the bit field a has -1 bits, but its type int has 32"),
        ("struct s { int a : 0; };", "1:20: error: the bit field a has no bits"),
        ("struct s { int a : ; };", "1:20: error: expected a constant, found “;”"),
        ("struct s { int a : N; };", "1:20: error: N is no constant that is known here"),
        ("struct s { float a : 3; };", "1:18: error: the bit field a is of the type float"),
        ("struct s { int a[2] : 3; };", "1:16: error: the bit field a is of the type int[2]"),
        (
            "struct t { int b; }; struct s { struct t a : 3; };",
            "1:42: error: the bit field a is of the type struct t"
        ),
        // Attributes
        (
            "struct s { int a; } __attribute__((scalar_storage_order(\"big\")));",
            "1:57: error: expected \"big-endian\" or \"little-endian\", found \"big\""
        ),
        (
            "struct s { int __attribute__((mode(TI))) a; };",
            "1:31: error: the mode TI of int is not supported yet"
        ),
        ("struct s { typeof(x) a; };", "1:22: error: the type typeof of an expression is not supported yet"),
        ("struct s { _BitInt(7) a; };", "1:23: error: the type _BitInt is not supported yet"),
        ("struct t { char a; };", ": error: there is no struct s; the header defines t"),
        ("typedef int s;", ": error: s is no struct"),
        ("", ": error: there is no struct s; the header defines none"),
    ])
    func mistakeIsShownAtItsPlace(_ text: String, _ expected: String) {
        let place = expected.hasPrefix(":") ? "t.h" : "t.h:"
        #expect(error(text)?.description == place + expected)
    }

    @Test func tailMustBeTheLastFieldAndAnArray() {
        let text = "struct s { char a[1]; int b; char c[1]; };"
        #expect(error(text, tail: "c") == nil)
        #expect(error(text, tail: "a")?.reason == .tailNotLast("a", last: "c"))
        #expect(error(text, tail: "a")?.location.column == 17)
        #expect(error(text, tail: "x")?.reason == .unknownTail("x", known: ["a", "b", "c"]))
        #expect(error("struct s { int b; };", tail: "b")?.reason == .tailNotArray("b", type: "int"))
    }

    @Test func whatIsBrokenDoesNotStopTheRest() throws {
        let header = try CHeader(
            source: """
                this is not C;
                struct good { char a; };
                struct bad { nothing b; } x;
                struct bits { unsigned a : 3; unsigned b : 5; };
                int f(void) { return 1 }
                struct last { struct good g[2]; };
                """,
            file: "t.h"
        )
        #expect(try header.structure("last").size == 2)
        #expect(header.problems.map(\.location.line) == [1, 3])
        #expect(error("struct bad { nothing b; }; struct s { struct bad b; };")?.location.column == 14)
    }

    @Test func aFileThatIsNotFoundHidesOnlyWhatNeedsIt() throws {
        let text = """
            #include "common.h"
            struct good { char a[3]; };
            struct s { header_t head; char b; };
            struct sized { char b[NAMESIZE]; };
            struct nested { struct head h; };
            """
        let header = try CHeader(source: text, file: "t.h")
        #expect(try header.structure("good").size == 3)
        #expect(header.problems.first?.description == "t.h:1:10: error: the file common.h was not found")
        #expect(header.problems.first?.hint == "it is looked for beside t.h")
        // What nobody sees in a struct, such as #pragma pack, is remarked on.
        #expect(header.remarks.map(\.reason) == [.missingFile("common.h")])
        let hint = "the file common.h was not found; it may define it"
        for (name, sentence) in [
            ("s", "t.h:3:12: error: there is no type header_t"),
            ("sized", "t.h:4:23: error: NAMESIZE is no constant that is known here"),
            ("nested", "t.h:5:29: error: struct head is not defined before its size is needed"),
        ] {
            let error = error(text, of: name)
            #expect(error?.description == sentence)
            #expect(error?.hint == hint, "\(name)")
        }
        #expect(error(text, of: "far_away")?.hint == "t.h:1:10: the file common.h was not found")
    }

    @Test func errorHasALineACaretAndAHint() {
        #expect(
            error("struct s {\n\tuint8_t a;\n\tuint32 math;\n};")?.rendered == """
                t.h:3:2: error: there is no type uint32
                    \tuint32 math;
                    \t^~~~~~
                hint: did you mean uint32_t?
                """
        )
    }

    /// The hint, or nothing.
    @Test(arguments: [
        ("struct s { unit32_t a; };", "did you mean uint32_t?"),
        ("#inlcude <stdint.h>", "did you mean #include?"),
        ("#define NAMESIZE 13\nstruct s { char a[NAMESIZ]; };", "did you mean NAMESIZE?"),
        ("enum { SIZE = 3 };\nstruct s { char a[SIZ]; };", "did you mean SIZE?"),
        ("struct proto { char a; };\nstruct s { proto b; };", "write struct proto"),
        ("struct s { DWORD b; };", "#include <windows.h> defines it"),
        ("struct s { std::string b; };", "this is C++; Parley reads C"),
        ("struct s { char a = 3; };", "a declaration of C gives members no values"),
        ("#if VERSION(3)\n#endif", "VERSION is no macro here"),
        ("struct s { char a[f(3)]; };", "a function's value is no constant"),
        ("struct s { int :0; int b:0; };", "a width of 0 ends a storage unit, and such a field has no name"),
        ("struct sx { char a; };", "did you mean sx?"),
    ])
    func mistakeHasAHint(_ text: String, _ hint: String) {
        #expect(error(text)?.hint == hint)
    }

    @Test func forgottenSemicolonOfAStructIsMissedWhereItBelongs() throws {
        let header = try CHeader(source: "struct s { char a; }\nstruct t { int b; };", file: "t.h")
        #expect(
            header.problems.map(\.description) == [
                "t.h:1:21: error: expected “;” after struct s, found “struct”"
            ]
        )
        #expect(try header.structure("t").size == 4)
    }

    @Test func misspelledAttributesAreRemarkedOn() throws {
        let text = "struct s { char a; int b; } __attribute__((__pakced__));"
        let header = try CHeader(source: text, file: "t.h")
        #expect(header.remarks.map(\.reason) == [.unknownAttribute("pakced", near: "packed")])
    }

    @Test func cyclesOfIncludesAreCut() throws {
        let files = [
            "a.h": "#include \"b.h\"\nstruct a { struct b x; };",
            "b.h": "#include \"a.h\"\nstruct b { char c; };",
        ]
        let header = try CHeader(source: files["a.h"] ?? "", file: "a.h") { request in
            files[request.path].map { HeaderSource(file: request.path, text: $0) }
        }
        #expect(try header.structure("a").size == 1)
        #expect(header.problems.isEmpty && header.remarks.map(\.reason) == [.cutCycle("a.h")])
        // What a file asks of itself under a condition is no cycle.
        let list = "#ifdef X\nchar X;\n#else\nstruct s {\n#define X a\n#include \"l.h\"\n};\n#endif\n"
        let itself = try CHeader(source: list, file: "l.h") { HeaderSource(file: $0.path, text: list) }
        #expect(try itself.structure("s").members.map(\.name) == ["a"] && itself.remarks.isEmpty)
    }

    @Test func unknownStructSaysWhatWasNotUnderstood() {
        #expect(error("struct s { char a;")?.hint == nil)
        #expect(error("structure s { char a; };")?.hint?.contains("t.h:1:1 was not understood") == true)
    }
}
