import Foundation

/// The names of this package's tests, `Suite/sentence`.
enum TestNames {
    static func all() throws -> Set<String> {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            var suite = ""
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                // Suites stand at the beginning of a line; what is called so farther right is text.
                if let type = line.prefixMatch(of: /[^ \/].*?\b(struct|class|enum|actor) (\w+)|struct (\w+)/)
                {
                    suite = (type.2 ?? type.3).map(String.init) ?? ""
                }
                let name =
                    line.firstMatch(of: /func `([^`]+)`/)?.1 ?? line.firstMatch(of: /@Test\("([^"]+)"/)?.1
                if let name { names.insert("\(suite)/\(name)") }
            }
        }
        return names
    }
}
