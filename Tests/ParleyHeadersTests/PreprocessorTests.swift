import Foundation
import Testing

@testable import ParleyHeaders

/// Macros become what GCC makes of them.
@Suite struct PreprocessorTests {
    /// The words that are left when all macros are replaced.
    private func ours(_ text: String, loader: (IncludeRequest) -> HeaderSource? = { _ in nil }) throws
        -> [String]
    {
        try withoutActuallyEscaping(loader) { loader in
            var preprocessor = Preprocessor(abi: .x86_64Linux, limits: HeaderLimits(), loader: loader)
            do throws(Fault) {
                try preprocessor.run(HeaderSource(file: "macros.c", text: text))
            } catch {
                throw Judge.Failure(text: preprocessor.table.error(error).rendered)
            }
            return preprocessor.output.map(\.text)
        }
    }

    /// The words of `gcc -E`; what it complains about is looked over when it goes on all the same.
    private func theirs(_ text: String) throws -> [String] {
        let output = try Judge.inFolder(text) { file, folder in
            let result = folder.appending(path: "out.i").path
            let command = "gcc -E -P -w -o '\(result)' '\(file)' 2>/dev/null; cat '\(result)' 2>/dev/null"
            return try Judge.run(["sh", "-c", command])
        }
        var budget = Budget(HeaderLimits())
        var lexer = Lexer(Array(output.utf8), file: 0)
        return try lexer.run(&budget).map(\.text)
    }

    private func compare(
        _ text: String,
        _ what: String,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    )
        throws
    {
        guard Judge.find("gcc") != nil else { return print("skipped: there is no gcc on this machine") }
        // Line by line, so that one difference is one line.
        func lines(_ words: [String]) -> [Substring] { words.joined(separator: " ").split(separator: ";") }
        let (own, other) = (lines(try ours(text)), lines(try theirs(text)))
        #expect(own.count == other.count, "\(what)", sourceLocation: sourceLocation)
        for (one, other) in zip(own, other) where one != other {
            Issue.record("\(what)\ngcc:    \(other)\nParley: \(one)", sourceLocation: sourceLocation)
        }
    }

    /// The text without the lines that GCC calls errors: calls with too few arguments, pastes of what is no word.
    private func withoutErrors(_ text: String) throws -> String {
        guard Judge.find("gcc") != nil else { return text }
        let errors = try Judge.inFolder(text) { file, _ in
            try Judge.run(["sh", "-c", "gcc -E -P -w -o /dev/null '\(file)' 2>&1; true"])
        }
        var faulty: Set<Int> = []
        for line in errors.split(separator: "\n") {
            let words = line.split(separator: ":")
            if words.count > 3, let number = Int(words[1]) { faulty.insert(number) }
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().filter { !($0.element.hasPrefix("line") && faulty.contains($0.offset + 1)) }
            .map(\.element).joined(separator: "\n")
    }

    @Test func `an argument counter counts as GCC's does`() throws {
        try compare(
            """
            #define SEQ() 8, 7, 6, 5, 4, 3, 2, 1, 0
            #define NTH(_1, _2, _3, _4, _5, _6, _7, _8, _9, N, ...) N
            #define IMPL(...) NTH(__VA_ARGS__)
            #define NUM(...) IMPL(_0, ##__VA_ARGS__, SEQ())
            #define STRICT(...) IMPL(_0 __VA_OPT__(,) __VA_ARGS__, SEQ())
            #define EMPTY
            #define TWO a, b
            NUM(); NUM(a); NUM(a, b); NUM(a, b, c); NUM((a, b), c); NUM(EMPTY); NUM(TWO); NUM(,); NUM(a,);
            STRICT(); STRICT(a); STRICT(a, b, c); STRICT(EMPTY); STRICT(TWO); STRICT(,);
            """,
            "counters"
        )
    }

    @Test func `commas, pastes and __VA_OPT__ are GCC's`() throws {
        try compare(
            """
            #define E
            #define A(x, ...) f(x, ##__VA_ARGS__)
            #define B(x, rest...) f(x, ## rest)
            #define C(...) f(0, ## __VA_ARGS__)
            #define D(x, ...) f(x __VA_OPT__(, [) __VA_ARGS__ __VA_OPT__(]))
            A(1); A(1,); A(1, 2); A(1, 2, 3); A(); A(E); A(1, E); B(1); B(1,); B(1, 2); C(); C(E); C(1, 2);
            D(1); D(1,); D(1, E); D(1, 2, 3);
            #define P(a, b) a ## b
            #define Q(a, b) P(a, b)
            #define R(a, b, c) a ## b ## c
            #define S(x) #x
            #define T(x) S(x)
            P(x, y); P(x,); P(,y); P(,); Q(P(a, b), c); R(a,,c); R(,,); R(,b,); P(1, e5); P(., 5); P(-, =); P(<, <=);
            P(L, "x"); P(E, E); Q(E, E); Q(E, 1); P(&, &);
            S(); S( a  b ); S("a\\n" 'b'); S(a   +b); T(E); T(E a E b E); T(P(x, y) z); S(P(x, y));
            #define O x ## y
            #define xy done
            O; T(O);
            #define V(x, ...) # __VA_OPT__(x __VA_ARGS__) x ## __VA_OPT__(_k) __VA_OPT__(k_) ## x
            V(a); V(a, b); V(, b);
            #define W(x) a x ## _t x##x # x
            W(u); W(); W(1 2);
            """,
            "pastes"
        )
    }

    @Test func `names that stand in their own macros stay`() throws {
        try compare(
            """
            #define x 3
            #define f(a) f(x * (a))
            #undef x
            #define x 2
            #define g f
            #define z z[0]
            #define h g(~
            #define m(a) a(w)
            #define w 0,1
            #define t(a) a
            #define p() int
            #define q(x) x
            #define r(x, y) x ## y
            #define str(x) # x
            f(y + 1) + f(f(z)) % t(t(g)(0) + t)(1);
            g(x + (3, 4) - w) | h 5) & m(f)^m(m);
            p() i[q()] = { q(1), r(2, 3), r(4,), r(,5), r(,) };
            char c[2][6] = { str(hello), str() };
            #define a1 b1
            #define b1 a1 c1
            #define c1 a1
            a1; b1; c1;
            #define ff(x) gg
            #define gg(x) ff
            ff(1)(2)(3)(4); gg(1)(2)(3);
            #define nil(x) x
            #define deep nil(deep2)
            #define deep2 nil(deep) deep
            deep; nil(nil)(1); nil(nil(nil))(2); nil (3); nil; nil
            (4);
            #define lparen (
            #define call nil lparen 5 )
            call; nil(call);
            #define self(x) x self
            self(1)(2)(3); self(self)(4);
            """,
            "recursion"
        )
    }

    @Test func `__COUNTER__, __LINE__ and __INCLUDE_LEVEL__ are numbers of their place`() throws {
        try compare(
            """
            #define J(a, b) a ## b
            #define K(a, b) J(a, b)
            K(n, __COUNTER__); K(n, __COUNTER__); K(l, __LINE__); __INCLUDE_LEVEL__;
            #if __COUNTER__ == 2
            two;
            #endif
            __COUNTER__;
            """,
            "counter"
        )
    }

    @Test func `random macros become what GCC makes of them`() throws {
        let seeds = 1...(ProcessInfo.processInfo.environment["PARLEY_MACRO_SEEDS"].flatMap(UInt64.init) ?? 30)
        for seed in seeds {
            let random = RandomMacros(seed: seed, macros: 12, lines: 25)
            try compare(try withoutErrors(random.text), "seed \(seed)")
        }
    }
}
