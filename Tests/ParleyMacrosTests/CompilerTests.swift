import Foundation
import Testing

/// What Swift's compiler says about messages: the whole way, plug-in and library together.
@Suite struct CompilerTests {
    /// A piece of source. The line with `// <-` is the one to be complained about.
    struct Case: Sendable {
        var source: String
        /// A part of the only error; nil when the source compiles.
        var sentence: String?

        init(_ source: String, _ sentence: String? = nil) {
            (self.source, self.sentence) = (source, sentence)
        }
    }

    private static let lacking = "the type has no agreed bytes: make it a @WireMessage struct"

    static let refused: [Case] = [
        Case(
            "struct Outer {\n@WireMessage private struct M { var a: UInt8 } // <-\n}",
            "does not see a private type in another: say fileprivate"
        ),
        Case(
            "enum Outer {\nprivate struct Middle {\n@WireMessage struct M { var a: UInt8 } // <-\n}\n}",
            "make the type around this message fileprivate"
        ),
        Case("@WireMessage struct M {\nvar `self`: UInt8 // <-\n}", "give the field another name"),
        Case("@WireMessage struct M {\nvar wireSize: UInt8 // <-\n}", "rename the field"),
        Case(
            "@WireMessage(tag: UInt8.self) enum M {\n@Tag(1) case wireSizeMinimum // <-\n}",
            "rename the case"
        ),
        Case(
            "enum Colour: String { case red }\n@WireMessage struct M {\nvar a: UInt8\nvar c: Colour // <-\n}",
            "an enum of strings has no fixed size: give it numbers"
        ),
        Case(
            "enum Colour: UInt8 { case red = 1 }\n@WireMessage struct M {\nvar c: Colour // <-\nvar b: UInt8\n}",
            "an enum of numbers is a field when it says so: add WireValue"
        ),
        Case("enum Colour { case red }\n@WireMessage struct M {\nvar c: Colour // <-\n}", lacking),
        Case("@WireMessage // <-\nenum Colour: String { case red }", "an enum of strings has no fixed size"),
        Case("@WireMessage // <-\nenum Colour: UInt8 { case red }", "say Colour: UInt8, WireValue"),
        Case("@WireMessage // <-\nenum Colour { case red }", "say which type the tag has"),
        Case("struct P {}\n@WireMessage struct M {\nvar p: P // <-\nvar b: UInt8\n}", lacking),
        Case("struct P {}\n@WireMessage struct M {\nvar b: UInt8\nvar p: P // <-\n}", lacking),
        Case("struct P {}\n@WireMessage struct M {\nvar b: UInt8\nvar p: [3 of P] // <-\n}", lacking),
        Case(
            "struct P {}\n@WireMessage struct M {\nvar n: ItemCount<UInt8>\nvar p: [P] // <-\n}",
            "the items have no agreed bytes"
        ),
        Case("struct P {}\n@WireMessage struct M {\n@Bits(8)\nvar p: P // <-\n}", "bits hold an integer"),
        Case("struct P {}\n@WireMessage struct M {\nlet p: P = P() // <-\n}", lacking),
        Case("struct P {}\n@WireMessage(tag: UInt8.self) enum M {\n@Tag(1) case p(P) // <-\n}", lacking),
        Case("final class P: Sendable {}\n@WireMessage struct M {\nvar p: P // <-\n}", lacking),
        Case("@WireMessage struct M {\nvar p: Range<UInt8> // <-\n}", lacking),
        Case("@WireMessage struct M {\nvar p: UInt8.Type // <-\n}", lacking),
        Case(
            "typealias N = Int\n@WireMessage struct M {\nvar a: N // <-\nvar b: UInt8\n}",
            "say Int32 or Int64"
        ),
        Case("typealias N = UInt\n@WireMessage struct M {\nvar a: N // <-\n}", "say UInt32 or UInt64"),
        Case(
            "typealias N = String\n@WireMessage struct M {\nvar a: N // <-\n}",
            "say CString<n> for a field"
        ),
        Case("typealias N = Character\n@WireMessage struct M {\nvar a: N // <-\n}", "say UInt8 for ASCII"),
        Case("typealias N = UInt8?\n@WireMessage struct M {\nvar a: N // <-\n}", "add a Bool"),
        Case(
            "typealias N = [UInt8]\n@WireMessage struct M {\nvar a: N // <-\n}",
            "a tail is last and spelled [T]"
        ),
        Case("@WireMessage struct M {\nvar a: Int // <-\n}", "say Int32 or Int64"),
        Case("@WireMessage struct M {\nvar a: String // <-\n}", "say CString<n>"),
        Case("@WireMessage struct M {\nvar a: UInt8? // <-\n}", "no byte says that nothing is there"),
        Case("@WireMessage struct M {\nvar a: (UInt8, UInt8) // <-\n}", "a tuple has no agreed layout"),
        Case("@WireMessage struct M {\nvar a: () -> Void // <-\n}", "a function has no bytes"),
        Case("@WireMessage struct M {\nvar a: [UInt8: UInt8] // <-\n}", "a dictionary has no order"),
        Case(
            "@WireMessage struct M {\nvar a: inout UInt8 // <-\n}",
            "'inout' may only be used on parameters"
        ),
        Case("@WireMessage struct M {\nlazy var a: UInt8 = 1 // <-\n}", "remove lazy"),
        Case("@WireMessage struct M {\nvar a = 1 // <-\n}", "a literal has no width"),
        Case("@WireMessage\nclass M { var a: UInt8 = 0 } // <-", "a message is a value"),
        Case("@WireMessage\nactor M { var a: UInt8 = 0 } // <-", "a message is a value"),
        Case("@WireMessage\nstruct M: ~Copyable { var a: UInt8 } // <-", "remove ~Copyable"),
        Case(
            "@WireMessage struct M {\nvar b: UInt8\n#if DEBUG // <-\nvar a: UInt8\n#endif\n}",
            "fields under #if"
        ),
        Case("@WireMessage struct M {\nvar a: UInt8\nvar b: M // <-\n}", "recursively contains it"),
        Case("@WireMessage struct M {\nvar a: Self // <-\n}", "recursively contains it"),
        Case("@WireMessage struct M {\nvar a: UInt8\nvar b: [2 of M] // <-\n}", "say [M] as the last field"),
        Case(
            "@WireMessage(tag: UInt8.self)\nenum E { // <-\n@Tag(1) case a(E); @Tag(2) case b }",
            "is not marked 'indirect'"
        ),
        Case("@WireMessage\n@WireMessage // <-\nstruct M { var a: UInt8 }", "it is a message already"),
        Case("func f() {\n@WireMessage struct M { var a: UInt8 } // <-\n}", "local type cannot have"),
    ]

    static let accepted: [Case] = [
        // Types that stand beside a message in what encloses it.
        Case(
            """
            enum Outer {
                enum K: UInt8, WireValue { case a = 1 }
                @WireMessage struct P { var x: K; let c: K = .a }
                @WireMessage struct M { var n: ItemCount<UInt8>; var k: K; var j: [2 of K]; var p: P; var t: [P] }
                @WireMessage(tag: UInt8.self) indirect enum E {
                    @Tag(1) case p(P); @Tag(2) case e(E); @Tag(3) case k(K); @Tag(4) case l([P])
                }
            }
            """
        ),
        Case(
            """
            struct Outer<T: WireValue> {
                enum K: UInt8, WireValue { case a = 1 }
                @WireMessage struct M { var k: K; var t: T; var u: [T] }
            }
            """
        ),
        Case("@WireMessage private struct TopPrivate { var a: UInt8; var t: [UInt8] }"),
        Case("struct Outer { @WireMessage fileprivate struct M { var a: UInt8 } }"),
        Case("struct OuterOne<T> { @WireMessage struct M { var a: UInt8 } }"),
        Case("struct OuterTwo<T> { @WireMessage(tag: UInt8.self) enum M { @Tag(1) case a } }"),
        Case(
            "struct OuterThree<T> {}\nextension OuterThree { @WireMessage struct M { var a: UInt8 } }"
        ),
        Case("class Outer { @WireMessage struct M { var a: UInt8 } }"),
        Case("@MainActor @WireMessage struct M { var a: UInt8; var t: [UInt8] }"),
        Case("@WireMessage @MainActor struct M: Hashable { var a: [2 of UInt8]; var p: CString<3> = \"x\" }"),
        Case(
            "@globalActor actor MineActor { static let shared = MineActor() }\n"
                + "@MineActor @WireMessage struct MineMessage { var a: UInt8 }"
        ),
        Case("@MainActor @WireMessage(tag: UInt8.self) enum M { @Tag(1) case a; @Tag(2) case b(UInt8) }"),
        Case("@WireMessage nonisolated struct M { var a: UInt8 }"),
        Case("@MainActor class C { @WireMessage struct M { var a: UInt8 } }"),
        Case(
            "@WireMessage struct M { var `class`: UInt8; var `init`: UInt8; var `Type`: UInt8; var `in`: UInt16\n"
                + "var `default`: UInt8; var `func`: UInt8; var `two words`: UInt8 }"
        ),
        Case(
            "@WireMessage struct M { var reader, writer, layout, message, encode, output, start, count: UInt8\n"
                + "var bits0, size, Coder, tag, nesting, outer, write, hash, left, right, fields: UInt8\n"
                + "var wireSizeMinimum, isWireSizeFixed, fieldType, measuredWireSize, encoded: UInt8 }\n"
                + "func f(_ m: M) throws -> [UInt8] { try m.encoded() }"
        ),
        Case(
            "@WireMessage struct M: Hashable { var left: [2 of UInt8]; var hasher: [2 of UInt8]; var hash: UInt8 }"
        ),
        Case(
            "@WireMessage(tag: UInt8.self) enum M { @Tag(1) case `default`(UInt8); @Tag(2) case `self`(UInt8)\n"
                + "@Tag(3) case reader(UInt8); @Tag(4) case `init`(UInt8) }"
        ),
        Case("@WireMessage struct M { var a: UInt8 { didSet {} }; var b: UInt8 = 1 { willSet {} } }"),
        Case(
            "@WireMessage struct M { var a: UInt8; var c: Int { 3 }; static var s: Int { 1 }; static let t = 2 }"
        ),
        Case(
            "@WireMessage struct M { let a: UInt8 = 3; let b: UInt8; let f: Bool = true; let t: CString<3> = \"abc\" }"
        ),
        Case(
            "@propertyWrapper struct W { var wrappedValue: UInt8 }\n@WireMessage struct M { @W var a: UInt8 }"
        ),
        Case(
            "@WireMessage struct M<T: WireValue> { var a: T }\n"
                + "@WireMessage struct N<T> where T: WireValue { var t: [T] }"
        ),
        Case("@available(macOS 99, *) @WireMessage struct M { var a: UInt8 }"),
        Case("@WireMessage struct M { var n: ItemCount<UInt8>; var a: [Self] }"),
        Case("@WireMessage struct M { var a, b: UInt8; var c: UInt8, d: UInt16; var e = UInt8(1) }"),
        Case("@WireMessage struct M { var a: UInt8\n#if DEBUG\nfunc f() {}\n#endif\n}"),
        Case(
            "@WireMessage struct M { /* a */ var a /* b */ : /* c */ UInt8 // d\n"
                + "/// e\n@Bits(8) /* f */ var d: UInt8 // g\n}"
        ),
        Case("@WireMessage struct M { var p: P; var q: [P]; @WireMessage struct P { var x: UInt8 } }"),
        Case("@WireMessage struct M { private var p: K; private enum K: UInt8, WireValue { case a = 1 } }"),
        Case("@WireMessage public struct PublicOne { public var p: UInt8; var q: UInt8 }"),
        Case("@WireMessage struct M { var a: Swift.UInt8; var b: (UInt8); var c: Swift.Array<Swift.UInt8> }"),
        Case("@WireMessage struct M { static let d: UInt8 = 3; var a: UInt8 = d; let b: UInt8 = Self.d }"),
    ]

    @Test func `what cannot be a message is one error, at its line, that says what to write`() throws {
        guard let compiler = try Compiler() else { return }
        defer { compiler.remove() }
        let errors = try compiler.errors(in: Self.refused.map(\.source))
        #expect(errors[nil] == nil, "an error stands in generated code")
        for (index, item) in Self.refused.enumerated() {
            let found = errors[index] ?? []
            let line = item.source.split(separator: "\n", omittingEmptySubsequences: false)
                .firstIndex { $0.hasSuffix("// <-") }
            #expect(found.count == 1, "\(item.source)\n\(found)")
            #expect(found.first?.line == line, "\(item.source)\n\(found)")
            #expect(found.first?.text.contains(item.sentence ?? "") == true, "\(item.source)\n\(found)")
        }
    }

    @Test func `what can be a message compiles`() throws {
        guard let compiler = try Compiler() else { return }
        defer { compiler.remove() }
        let sources = Self.accepted.map(\.source)
        let errors = try compiler.errors(in: sources)
        #expect(errors.isEmpty, "\(errors)")
        // In a module whose types belong to the main actor, too; there a wrapper's code is the main actor's.
        let plain = sources.filter { !$0.contains("@propertyWrapper") }
        let isolated = try compiler.errors(in: plain, "-default-isolation", "MainActor")
        #expect(isolated.isEmpty, "\(isolated)")
    }
}

/// Runs the compiler that built these tests, against the modules that they use.
private struct Compiler {
    struct Failure {
        var line: Int
        var text: String
    }

    private let program: String
    private let build: URL
    private let folder: URL

    /// Nil, with a word, where there is no compiler or no build to compile against.
    init?() throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = folders.map { "\($0)/swiftc" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        // .build/debug/…xctest, or beside it.
        var place = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while place.path != "/", !Self.holds("ParleyWireMacros-tool", place) {
            place.deleteLastPathComponent()
        }
        guard let found, Self.holds("ParleyWireMacros-tool", place) else {
            print("skipped: no swiftc, or no build to compile against")
            return nil
        }
        program = found
        build = place
        folder = FileManager.default.temporaryDirectory.appending(path: "parley-macros-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// The names that sources declare are theirs alone.
    private static func renamed(_ source: String, _ index: Int) throws -> String {
        var source = source
        for name in ["M", "N", "P", "E", "C", "K", "W", "Colour", "Outer", "Middle", "f"] {
            source = source.replacing(try Regex("\\b\(name)\\b"), with: "\(name)_\(index)")
        }
        return source
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func holds(_ name: String, _ place: URL) -> Bool {
        FileManager.default.fileExists(atPath: place.appending(path: name).path)
    }

    /// The errors by the number of the source; those in generated code under nil.
    func errors(in sources: [String], _ more: String...) throws -> [Int?: [Failure]] {
        // One file: the compiler stops at the first of several that has errors.
        var lines: [Substring] = ["import ParleyMacros"]
        var owners: [(index: Int, line: Int)?] = [nil]
        for (index, source) in sources.enumerated() {
            let own = try Self.renamed(source, index).split(separator: "\n", omittingEmptySubsequences: false)
            lines += own
            owners += own.indices.map { (index, $0) }
        }
        let file = folder.appending(path: "cases.swift")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        let modules = Self.holds("Modules-tool/ParleyMacros.swiftmodule", build) ? "Modules-tool" : "Modules"
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments =
            [
                "-typecheck", "-parse-as-library", "-swift-version", "6", "-diagnostic-style=llvm",
                "-I", build.appending(path: modules).path, "-load-plugin-executable",
                build.appending(path: "ParleyWireMacros-tool").path + "#ParleyWireMacros",
            ] + more + [file.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var errors: [Int?: [Failure]] = [:]
        for line in text.split(separator: "\n") where line.contains(": error: ") {
            let parts = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            let number = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            let isSource = parts[0].hasSuffix("cases.swift") && owners.indices.contains(number - 1)
            let owner = isSource ? owners[number - 1] : nil
            let sentence = String(line).replacing("_\(owner?.index ?? -1)", with: "")
            errors[owner?.index, default: []].append(Failure(line: owner?.line ?? number, text: sentence))
        }
        if process.terminationStatus != 0, errors.isEmpty { errors[nil] = [Failure(line: 0, text: text)] }
        return errors
    }
}
