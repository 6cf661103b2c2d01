import Foundation

/// The links of pages of Markdown to pages of this package.
struct PageLinks {
    /// The anchors of the pages that were read.
    private var known: [String: Set<String>] = [:]

    /// Those of a page's links whose file or anchor does not exist.
    mutating func broken(in text: String, at page: URL) throws -> [String] {
        var targets: Set<String> = []
        for line in text.split(separator: "\n") where line.utf8.contains(UInt8(ascii: "]")) {
            for link in line.matches(of: /\]\(([^)\s]+)\)/) { targets.insert(String(link.1)) }
        }
        return try targets.sorted().filter { try isBroken($0, at: page) }
            .map { "the link \($0) leads nowhere" }
    }

    private mutating func isBroken(_ target: String, at page: URL) throws -> Bool {
        if target.contains("://") { return false }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let folder = page.deletingLastPathComponent()
        let file = parts[0].isEmpty ? page : folder.appending(path: String(parts[0])).standardized
        guard FileManager.default.fileExists(atPath: file.path) else { return true }
        return try parts.count == 2 && !anchors(of: file).contains(String(parts[1]))
    }

    /// Anchors as GitHub makes them of headings, and those that are written out in them.
    private mutating func anchors(of file: URL) throws -> Set<String> {
        if let anchors = known[file.path] { return anchors }
        var anchors: Set<String> = []
        var isFenced = false
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("```") { isFenced.toggle() }
            guard !isFenced, line.hasPrefix("#") else { continue }
            for anchor in line.matches(of: /<a id="([^"]+)">/) { anchors.insert(String(anchor.1)) }
            let title = line.drop { $0 == "#" }.drop { $0 == " " }
            let kept = title.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            anchors.insert(kept.replacing(" ", with: "-"))
        }
        known[file.path] = anchors
        return anchors
    }
}
