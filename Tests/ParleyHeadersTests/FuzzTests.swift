import ParleyHeaders
import ParleyTypes
import ParleyWire
import Testing

/// Any bytes as a header give an answer or an error with a place, never a trap and never a hang.
@Suite struct FuzzTests {
    static let words = [
        "struct", "union", "enum", "typedef", "s", "t", "x", "{", "}", "(", ")", "[", "]", ";", ",", "*", "=",
        "#", "\n#",
        "\n#define M ", "\n#define F(x) x", "\n#if ", "\n#else\n", "\n#endif\n", "\n#include \"a.h\"\n",
        "\n#pragma pack(push,1)\n",
        "\n#pragma pack(pop)\n", "M", "F(", "0", "1", "-1", "9223372036854775807", "0xFFFFFFFFFFFFFFFF", "<<",
        ">>", "/", "%", "?",
        ":", "&&", "||", "!", "~", "+", "-", "sizeof", "sizeof(", "__attribute__((packed))",
        "__attribute__((aligned(",
        "uint8_t", "uint32_t", "char", "int", "long", "double", "bool", "unsigned", "void", "\"s\"", "'c'",
        "\"", "'", "/*", "*/", "//",
        "\\\n", "\0", "\u{FEFF}", "é", "##", "...", "defined", "static", "extern", "inline", "\n", " ",
        "_Static_assert(", "_Alignas(",
        "struct s { uint8_t a; };", "struct t { struct s x[2]; char n[]; };", "enum e { A, B = 2 };",
        "offsetof", "__builtin_offsetof(", ": 3", ": 0;", ": 64", "unsigned x : 5;", "long long : 33;",
        "union { int a : 3; char b[9]; }", "__attribute__((scalar_storage_order(\"big-endian\")))",
        "__attribute__((mode(", "DI", "__attribute__((vector_size(16)))", "_Atomic(", "_Atomic", "typeof(",
        "__int128", "_Complex", "__declspec(align(8))", "\n#pragma pack(2)\n", "enum e x : 2;",
        "struct { char n[0]; }", "_Bool q : 1;",
    ]

    static func limits() -> HeaderLimits {
        var limits = HeaderLimits()
        limits.stepsMax = 200_000
        return limits
    }

    static func check(_ bytes: [UInt8], _ seed: UInt64) {
        do throws(HeaderError) {
            let header = try CHeader(
                HeaderSource(file: "fuzz.h", bytes: bytes),
                abi: ABI.all[Int(seed % UInt64(ABI.all.count))],
                packing: seed % 7 == 0 ? .packed : .asWritten,
                limits: limits()
            ) { request in
                request.path == "a.h" ? HeaderSource(file: "a.h", bytes: bytes) : nil
            }
            for problem in header.problems { #expect(!problem.rendered.isEmpty) }
            for name in header.structs.prefix(20) {
                for tail in [nil, "x", "n"] {
                    do throws(HeaderError) {
                        let layout = try header.layout(of: name, tail: tail)
                        #expect(layout.sizeMinimum >= 0)
                        _ = try header.structure(name)
                        _ = try header.remarks(on: name)
                    } catch {
                        #expect(!error.rendered.isEmpty, "seed \(seed)")
                    }
                }
            }
        } catch {
            #expect(error.location.line > 0, "seed \(seed)")
        }
    }

    @Test func randomTokensNeverTrap() {
        for seed in UInt64(0)..<2_000 {
            var random = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...60, using: &random)
            let text = (0..<count).map { _ in Self.words[Int.random(in: 0..<Self.words.count, using: &random)]
            }
            Self.check(Array(text.joined(separator: " ").utf8), seed)
        }
    }

    @Test func randomBytesNeverTrap() {
        for seed in UInt64(0)..<500 {
            var random = SeededGenerator(seed: seed)
            Self.check((0..<80).map { _ in UInt8.random(in: 0...255, using: &random) }, seed)
        }
    }

    @Test func damagedHeadersNeverTrap() {
        for seed in UInt64(0)..<1_000 {
            var features = RandomHeader.Features()
            features.storageOrder = true
            let random = RandomHeader(seed: seed / 50, count: 6, features: features)
            let whole = Array((ScoreHeaderTests.score + random.text).utf8)
            Self.check(Self.damaged(whole, seed), seed)
        }
    }

    @Test func damagedSystemHeadersNeverTrap() {
        let files = ["linux/if_ether.h", "netinet/ip.h", "netinet/tcp.h", "linux/ip.h", "net/if_arp.h"]
        let texts = files.compactMap { SystemHeaderTests.load($0)?.bytes }
        guard !texts.isEmpty else { return print("skipped: no system headers on this machine") }
        for seed in UInt64(0)..<200 {
            Self.check(Self.damaged(texts[Int(seed) % texts.count], seed), seed)
        }
    }

    /// A few bytes changed, taken out, put in.
    private static func damaged(_ whole: [UInt8], _ seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var bytes = whole
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2:
                let word = words[Int(random.next() % UInt64(words.count))]
                bytes.insert(contentsOf: word.utf8, at: index)
            default: bytes.removeSubrange(index..<min(bytes.count, index + 20))
            }
        }
        return bytes
    }

    @Test func randomSpellingsNeverTrap() {
        let words = [
            "a", "b", ":", "u8", "u16le", "char", "bytes", "text", "[", "]", "3", "99999999999", " ", "=",
            "-", "pad", "_", "é", "0x",
        ]
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in
                words[Int(random.next() % UInt64(words.count))]
            }.joined()
            do throws(HeaderError) {
                #expect(try MessageLayout(spelled: text).sizeMinimum >= 0)
            } catch {
                #expect(error.location.line == 1, "\(text)")
            }
        }
    }
}
