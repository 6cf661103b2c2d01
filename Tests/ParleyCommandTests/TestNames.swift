import Foundation

/// The names of this package's tests, `Suite/sentence`.
enum TestNames {
    static func all() throws -> Set<String> {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            var suite: Substring = ""
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                // Suites stand at the beginning of a line; what is called so farther right is text.
                if let first = line.utf8.first, first != UInt8(ascii: " "), first != UInt8(ascii: "/") {
                    suite = line.firstMatch(of: /\b(?:struct|class|enum|actor) (\w+)/)?.1 ?? suite
                }
                // The cheap question first: there are tens of thousands of lines.
                guard line.utf8.contains(where: { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "@") }) else {
                    continue
                }
                let sentence = line.firstMatch(of: /func `([^`]+)`/)?.1
                let title = line.firstMatch(of: /@Test\("([^"]+)"/)?.1
                if let name = sentence ?? title { names.insert("\(suite)/\(name)") }
            }
        }
        return names
    }
}
