internal import ParleyTypes

/// A place in a header, with the line that stands there.
public struct SourceLocation: Sendable, Hashable {
    /// The file as the caller or the `#include` named it.
    public var file: String
    /// The line, from 1; 0 when the file as a whole is meant.
    public var line: Int
    /// The column, in characters from 1.
    public var column: Int
    /// How many characters are meant.
    public var length: Int
    /// The text of the line; of a long one the part around the place.
    public var text: String
    /// The column within `text`.
    var textColumn: Int

    public init(file: String, line: Int = 0, column: Int = 0, length: Int = 0, text: String = "") {
        self.file = file
        self.line = line
        self.column = column
        self.length = length
        self.text = text
        textColumn = column
    }

    /// The line and, under it, a mark below the place: `^~~~`. Empty when there is no place.
    public var excerpt: String {
        guard line > 0, column > 0 else { return "" }
        let before = text.prefix(textColumn - 1).map { $0 == "\t" ? "\t" : " " }.joined()
        let room = max(1, text.count - textColumn + 1)
        let tildes = String(repeating: "~", count: max(0, min(length, room) - 1))
        return "    \(text)\n    \(before)^\(tildes)"
    }
}

extension SourceLocation: CustomStringConvertible {
    public var description: String {
        SafeText.line(line > 0 ? "\(file):\(line):\(column)" : file)
    }
}

/// The text of a header file and the name it is shown under.
public struct HeaderSource: Sendable, Hashable {
    public var file: String
    public var bytes: [UInt8]

    public init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    public init(file: String, text: String) {
        self.init(file: file, bytes: Array(text.utf8))
    }
}

/// A file that an `#include` asks for.
public struct IncludeRequest: Sendable, Hashable {
    /// What stands between the quotes or brackets.
    public var path: String
    /// Whether it stands in `<>`.
    public var isSystem: Bool
    /// The name of the file that asks.
    public var includingFile: String
}
