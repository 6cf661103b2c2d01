import ParleyHeaders
import ParleyWire
import Testing

/// Single rules of compilers, each with the answer that they gave.
@Suite struct RuleTests {
    private func extents(_ text: String, _ abi: ABI) throws -> [String: [Int]] {
        let header = try CHeader(source: text, file: "rules.h", abi: abi)
        #expect(header.problems.isEmpty, "\(header.problems)")
        var found: [String: [Int]] = [:]
        for name in header.structs {
            let structure = try header.structure(name)
            found[name] = [structure.size, structure.alignment]
        }
        return found
    }

    /// clang -target x86_64-pc-windows-msvc, by `_Alignof` and `sizeof`.
    @Test func `Microsoft's compiler requires a typedef's alignment of packed arrays, too`() throws {
        let text = """
            typedef int T __attribute__((aligned(2)));
            typedef long long T8 __attribute__((aligned(4)));
            typedef struct { int q; } S __attribute__((aligned(2)));
            typedef T U;
            typedef T TA[2];
            struct __attribute__((packed)) a { char c; T x; };
            struct __attribute__((packed)) b { char c; T x[3]; };
            struct __attribute__((packed)) d { char c; U x; };
            #pragma pack(1)
            struct e { char c; T x; };
            struct f { char c; T x[2]; };
            #pragma pack()
            struct __attribute__((packed)) g { char c; S x; };
            struct h { char c; T x; };
            struct i { char c; T x[2]; };
            struct __attribute__((packed)) j { char c; T8 x; };
            struct k { char c; T8 x; };
            struct __attribute__((packed)) l { char c; S x[2]; };
            struct __attribute__((packed)) m { char c; TA x; };
            struct n { char c; T b : 3; };
            struct __attribute__((packed)) o { char c; T b : 3; };
            """
        let found = try extents(text, .windowsX64)
        let truth = [
            "a": [6, 2], "b": [14, 2], "d": [6, 2], "e": [6, 2], "f": [10, 2], "g": [6, 2], "h": [8, 4],
            "i": [10, 2], "j": [12, 4], "k": [16, 8], "l": [10, 2], "m": [10, 2], "n": [8, 4], "o": [6, 2],
        ]
        for (name, extent) in truth { #expect(found[name] == extent, "\(name)") }
    }

    @Test func `aligned on an enum counts where the compiler counts it`() throws {
        let text = """
            enum E { V = 1 } __attribute__((aligned(16)));
            struct a { char c; enum E e; };
            struct b { double d; enum E e; };
            typedef enum { W = 1 } F __attribute__((aligned(16)));
            struct d { char c; F e; };
            """
        let gcc = try extents(text, .x86_64Linux)
        #expect(gcc["a"] == [8, 4] && gcc["b"] == [16, 8] && gcc["d"] == [32, 16])
        #expect(try extents(text, .m68kLinux)["a"] == [6, 2])
        #expect(try extents(text, .avr)["a"] == [32, 16])
        #expect(try extents(text, .windowsX64)["a"] == [32, 16])
        let header = try CHeader(source: text, file: "e.h")
        #expect(header.remarks.map(\.description).contains { $0.contains("ignores aligned on an enum") })
    }

    @Test func `an array of no structs has no bytes and no members in a plan`() throws {
        let text = """
            struct in { int q; short r; };
            struct z { char c; struct in none[0]; char d; struct in two[2]; };
            """
        let header = try CHeader(source: text, file: "z.h")
        let plan = StructurePlan(try header.structure("z"), .x86_64Linux, packing: .asWritten)
        #expect(plan.fields.map(\.path) == ["c", "none", "d", "two", "two.q", "two.r"])
        #expect(plan.fields[1].bitCount == 0)
        #expect(plan.gaps.map { [$0.offset, $0.bitCount / 8] } == [[1, 3], [5, 3], [14, 2]])
    }

    @Test func `Windows' headers that pack what follows do so each time`() throws {
        let text = """
            #include <pshpack1.h>
            struct one { char c; int x; };
            #include "PshPack2.h"
            struct two { char c; int x; };
            #include <poppack.h>
            #include <pshpack1.h>
            struct again { char c; int x; };
            #include <poppack.h>
            struct inner { char c; int x; };
            #include <poppack.h>
            struct none { char c; int x; };
            """
        let found = try extents(text, .windowsX64)
        #expect(found["one"] == [5, 1] && found["two"] == [6, 2] && found["again"] == [5, 1])
        #expect(found["inner"] == [5, 1] && found["none"] == [8, 4])
    }
}
