import Foundation
import Testing

/// The layers of the package, lowest first, and what each may import besides the lower ones it names here.
private let layers: [String: Set<String>] = [
    "ParleyTypes": [],
    "ParleyWire": ["ParleyTypes", "Synchronization"],
    "ParleyHeaders": ["ParleyTypes", "ParleyWire", "Synchronization"],
    "ParleyNetwork": ["ParleyTypes", "Synchronization"],
    "ParleyLinks": ["ParleyTypes"],
    "ParleyFlow": ["ParleyTypes"],
    "ParleyText": ["ParleyHeaders", "ParleyTypes", "ParleyWire"],
    "ParleyCapture": ["ParleyTypes"],
    "ParleyWireExpansion": ["SwiftDiagnostics", "SwiftSyntax", "SwiftSyntaxBuilder", "SwiftSyntaxMacros"],
    "ParleyWireMacros": ["ParleyWireExpansion", "SwiftCompilerPlugin", "SwiftSyntax", "SwiftSyntaxMacros"],
    "ParleyMacros": ["ParleyWire"],
    "ParleySockets": ["CParleyLinux", "Glibc", "ParleyTypes", "Synchronization"],
    "ParleyKernel": ["CParleyLinux", "Glibc", "ParleySockets", "ParleyTypes", "Synchronization"],
    "ParleyImpairment": ["ParleyLinks", "ParleyNetwork", "ParleyTypes", "Synchronization"],
    "ParleyEventLoop": [
        "CParleyLinux", "Glibc", "Logging", "ParleyNetwork", "ParleySockets", "ParleyTypes",
        "Synchronization",
    ],
    "ParleyCore": [
        "Logging", "ParleyEventLoop", "ParleyFlow", "ParleyNetwork", "ParleyTypes", "ParleyWire",
        "Synchronization",
        "Tracing",
    ],
    "ParleySimulation": [
        "Glibc", "ParleyCapture", "ParleyCore", "ParleyEventLoop", "ParleyLinks", "ParleyNetwork",
        "ParleyTypes", "Synchronization",
    ],
    "ParleyOperations": [
        "Logging", "Metrics", "ParleyCore", "ParleyEventLoop", "ParleyTypes", "ParleyWire",
        "ServiceLifecycle", "Synchronization",
    ],
    "Parley": [
        "ParleyCore", "ParleyFlow", "ParleyKernel", "ParleyMacros", "ParleyNetwork", "ParleyTypes",
        "ParleyWire",
    ],
    "ParleyCommand": [
        "ArgumentParser", "CParleyLinux", "Glibc", "Logging", "ParleyCapture", "ParleyCore", "ParleyFlow",
        "ParleyHeaders", "ParleyImpairment", "ParleyKernel", "ParleyLinks", "ParleyNetwork", "ParleySockets",
        "ParleyText", "ParleyTypes", "ParleyWire",
        "Synchronization",
    ],
    "ParleyProgram": ["CParleyStart", "ParleyCommand"],
]

/// The layers whose time, randomness and bytes are arguments.
private let pureLayers = [
    "ParleyTypes", "ParleyWire", "ParleyHeaders", "ParleyNetwork", "ParleyLinks", "ParleyFlow",
    "ParleyText", "ParleyCapture",
]

struct SourceFile {
    var target: String
    var path: String
    var lines: [Substring]

    /// Every Swift file below Sources, found from this file's own place.
    static let all: [SourceFile] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let sources = root.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }.compactMap { file in
            let parts = file.pathComponents.drop { $0 != "Sources" }.dropFirst()
            guard let target = parts.first, let text = try? String(contentsOf: file, encoding: .utf8) else {
                return nil
            }
            return SourceFile(
                target: target,
                path: parts.joined(separator: "/"),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
    }()

    /// The lines that are code: neither comments nor within a block of documentation.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().map { ($0.offset + 1, $0.element) }
            .filter { !$0.1.drop { $0 == " " }.hasPrefix("//") }
    }

    var imports: [(number: Int, module: String)] {
        code.compactMap { number, text in
            let words = text.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index < 3, index + 1 < words.count else {
                return nil
            }
            // A single declaration has its kind before it: `import enum Module.Name`.
            return (number, String(words[words.endIndex - 1].split(separator: ".")[0]))
        }
    }
}

@Suite struct LayerTests {
    @Test func `every target stands in the layer table`() {
        #expect(!SourceFile.all.isEmpty)
        for target in Set(SourceFile.all.map(\.target)) where !target.hasPrefix("C") {
            #expect(layers[target] != nil, "\(target) has no layer: name what it may import")
        }
    }

    @Test func `lower never imports higher`() {
        for file in SourceFile.all {
            guard let allowed = layers[file.target] else { continue }
            for (number, module) in file.imports {
                #expect(allowed.contains(module), "\(file.path):\(number) imports \(module)")
            }
        }
    }

    @Test func `nobody but the event loop reads a clock, and nobody sleeps`() {
        let clocks = [
            "ContinuousClock", "SuspendingClock", "Task.sleep", "clock_gettime", "gettimeofday", "Date()",
            "DispatchTime",
        ]
        let readers = ["ParleyEventLoop", "ParleyCommand"]
        for file in SourceFile.all {
            for (number, text) in file.code {
                for clock in clocks where text.contains(clock) {
                    let isAllowed = readers.contains(file.target) && clock != "Task.sleep"
                    #expect(isAllowed, "\(file.path):\(number) reads a clock: \(text)")
                }
            }
        }
    }

    @Test func `no task without a parent below the command`() {
        for file in SourceFile.all where file.target != "ParleyCommand" {
            for (number, text) in file.code {
                let isOrphan =
                    text.contains(/(^|[^a-zA-Z])Task \{/) || text.contains("Task.detached")
                    || text.contains("DispatchQueue")
                #expect(!isOrphan, "\(file.path):\(number) starts something that nobody waits for")
            }
        }
    }

    @Test func `pure layers draw no randomness of their own`() {
        for file in SourceFile.all where pureLayers.contains(file.target) {
            for (number, text) in file.code {
                #expect(!text.contains("SystemRandomNumberGenerator"), "\(file.path):\(number)")
                #expect(!text.contains(".random(in:") || text.contains("using:"), "\(file.path):\(number)")
            }
        }
    }

    @Test func `lines and files stay readable`() {
        for file in SourceFile.all {
            #expect(file.lines.count <= 500, "\(file.path) has \(file.lines.count) lines: two rooms in one?")
            for (index, line) in file.lines.enumerated() where line.count > 120 {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }
}
