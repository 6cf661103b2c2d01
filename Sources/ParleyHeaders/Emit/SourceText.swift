/// Lines of a text in another language.
struct SourceText {
    private(set) var text = ""
    private var level = 0
    private let indent: String

    init(indent: Int = 4) {
        self.indent = String(repeating: " ", count: indent)
    }

    /// A line at the present level; an empty one without blanks.
    mutating func line(_ line: String = "") {
        if !line.isEmpty { text += String(repeating: indent, count: level) + line }
        text += "\n"
    }

    /// A line at the left margin.
    mutating func flush(_ line: String) {
        text += line + "\n"
    }

    /// Lines that may hold lines of their own.
    mutating func lines(_ lines: [String]) {
        for line in lines { self.line(line) }
    }

    mutating func indented<Failure: Error>(
        _ body: (inout SourceText) throws(Failure) -> Void
    ) throws(Failure) {
        level += 1
        defer { level -= 1 }
        try body(&self)
    }

    /// Lines with a comment behind each, the comments below each other.
    mutating func aligned(_ rows: [(code: String, comment: String)], opening: String, closing: String = "") {
        let width = rows.map(\.code.count).max() ?? 0
        for row in rows {
            guard !row.comment.isEmpty else {
                line(row.code)
                continue
            }
            let gap = String(repeating: " ", count: width - row.code.count + 2)
            line(row.code + gap + opening + row.comment + closing)
        }
    }
}

/// Names that differ from each other in one place.
struct NameScope {
    private var taken: Set<String>

    init(taken: Set<String> = []) {
        self.taken = taken
    }

    func contains(_ name: String) -> Bool { taken.contains(name) }

    /// The name, or the name with the first free number behind it.
    mutating func claim(_ name: String) -> String {
        var candidate = name
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(name)_\(number)"
            number += 1
        }
        return candidate
    }
}

extension String {
    /// The name of letters, digits and underscores of ASCII that is nearest; never empty, never a digit first.
    var asciiIdentifier: String {
        var name = ""
        for scalar in unicodeScalars {
            let isWord =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            name.unicodeScalars.append(isWord ? scalar : "_")
        }
        if name.isEmpty { return "_" }
        return ("0"..."9").contains(name.unicodeScalars.first ?? "0") ? "_" + name : name
    }

    /// The text on one line, without what would end a comment.
    var inComment: String {
        var text = ""
        for scalar in unicodeScalars {
            text.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return text.split(separator: "*/", omittingEmptySubsequences: false).joined(separator: "* /")
            .split(separator: "/*", omittingEmptySubsequences: false).joined(separator: "/ *")
    }
}
