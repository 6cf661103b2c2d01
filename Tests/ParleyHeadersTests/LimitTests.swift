import ParleyHeaders
import Testing

/// Headers that were made to hang or to fill the memory end with a sentence.
@Suite struct LimitTests {
    private func reason(
        _ text: String,
        _ limits: HeaderLimits = HeaderLimits(),
        loader: @escaping (IncludeRequest) -> HeaderSource? = { _ in nil }
    ) -> HeaderError.Reason? {
        do throws(HeaderError) {
            let header = try CHeader(source: text, file: "t.h", limits: limits, loader: loader)
            _ = try header.layout(of: "s")
            return header.problems.first?.reason
        } catch {
            return error.reason
        }
    }

    private func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test func nestingEnds() {
        let deep = HeaderError.Reason.tooMuch(.nesting, maximum: 64)
        #expect(reason("struct s { char a[\(times("(", 20_000))1]; };") == deep)
        #expect(reason("struct s { char a[\(times("~", 20_000))1]; };") == deep)
        #expect(reason("struct s { char \(times("(", 1_000))a\(times(")", 1_000)); };") == deep)
        #expect(reason("struct s { char a\(times("[1]", 1_000)); };") == deep)
        #expect(reason("struct s { \(times("struct {", 1_000)) char a; \(times("} x;", 1_000)) };") == deep)
        #expect(reason(times("#if 1\n", 1_000)) == deep)
        #expect(
            reason("#define F(x) x\nstruct s { char a[\(times("F(", 1_000))1\(times(")", 1_000))]; };")
                == deep
        )
        #expect(reason("struct s { \(times("__attribute__((aligned(const ", 1_000)) char a; };") == deep)
        #expect(reason("struct s { \(times("enum : ", 1_000)) char a; };") == deep)
        let aligned = (1..<5_000).map { "typedef t\($0 - 1) t\($0) __attribute__((aligned(1)));" }.joined(
            separator: "\n"
        )
        #expect(reason("typedef char t0;\n\(aligned)\nstruct s { t4999 x; };") == nil)
        let chain = (1..<200).map { "struct t\($0) { struct t\($0 - 1) x; };" }.joined(separator: "\n")
        #expect(reason("struct t0 { char x; };\n\(chain)\nstruct s { struct t199 x; };") == deep)
        let types = (1..<200).map { "typedef t\($0 - 1) t\($0)[1];" }.joined(separator: "\n")
        #expect(reason("typedef char t0;\n\(types)\nstruct s { t64 x; };") == deep)
    }

    @Test func typesEnd() {
        let large = HeaderError.Reason.tooMuch(.typeBytes, maximum: 1 << 30)
        #expect(reason("struct s { char a[1099511627776]; };") == large)
        #expect(reason("struct s { char a[65536][65536]; };") == large)
        #expect(reason("struct s { char a[1 << 30]; char b; };") == large)
        #expect(reason("struct s { char a[0xFFFFFFFFFFFFFFFF]; };") == large)
        let doubling = (1..<60).map { "struct t\($0) { struct t\($0 - 1) a, b; };" }.joined(separator: "\n")
        #expect(
            reason("struct t0 { };\n\(doubling)\nstruct s { struct t59 x; };")
                == .tooMuch(.fields, maximum: 65_536)
        )
    }

    @Test func macrosEnd() {
        let bomb = (1..<40).map { "#define B\($0) B\($0 - 1) B\($0 - 1)\n" }.joined()
        #expect(
            reason("#define B0 +1\n\(bomb)struct s { char a[B39]; };")
                == .tooMuch(.macroTokens, maximum: 50_000)
        )
        let calls = (1..<40).map { "#define C\($0)(x) C\($0 - 1)(x x)\n" }.joined()
        #expect(
            reason("#define C0(x) x\n\(calls)struct s { char a[C39(+1)]; };")
                == .tooMuch(.macroTokens, maximum: 50_000)
        )
        #expect(reason("#define A A A\nstruct s { char a[A]; };") == .unknownName("A"))
    }

    @Test func includesEnd() {
        let itself: (IncludeRequest) -> HeaderSource? = {
            HeaderSource(file: $0.path, text: "#if 1\n#include \"a.h\"\n#endif\n")
        }
        #expect(reason("#include \"a.h\"", loader: itself) == .tooMuch(.includeDepth, maximum: 40))
        let bomb: (IncludeRequest) -> HeaderSource? = { request in
            let next = request.path.utf8.count > 20 ? "" : "#include \"a\(request.path)\"\n"
            return HeaderSource(file: request.path, text: next + next)
        }
        #expect(reason("#include \"a.h\"", loader: bomb) == .tooMuch(.includes, maximum: 2_000))
    }

    @Test func manyOfAKindStayLinear() throws {
        let structs = (0..<5_000).map { "struct t\($0) { struct { char x; }; };\n" }.joined()
        #expect(try CHeader(source: structs, file: "t.h").structs.count == 5_000)
    }

    @Test func sourceTokensAndStepsEnd() {
        var limits = HeaderLimits()
        limits.sourceBytesMax = 20_000
        #expect(reason(times(" ", 20_001), limits) == .tooMuch(.sourceBytes, maximum: 20_000))
        limits = HeaderLimits()
        limits.tokensMax = 1_000
        #expect(reason(times("x;", 600), limits) == .tooMuch(.tokens, maximum: 1_000))
        limits = HeaderLimits()
        limits.stepsMax = 30_000
        #expect(reason(times("{; ", 5_000), limits) == .tooMuch(.steps, maximum: 30_000))
    }
}
