import ParleyTypes

/// A line of the tour as a reader types it into a shell, and what it is to the tour.
struct TourLine: Sendable {
    enum Kind: Sendable, Hashable {
        /// Runs until it has what it waits for, behind `&`.
        case background
        /// Runs to its end, with this status.
        case foreground(ExitStatus)
        /// Ends the one in the background.
        case stop
        /// For the reader's shell alone: the tour knows what it prints.
        case shell(prints: String)
    }

    let kind: Kind
    /// Behind the name of the command.
    var words: [String] = []
    /// What the command reads from standard input, written as a document within the line.
    var input: String?
    /// Instead of the words.
    var spelled: String?

    static func start(_ words: String...) -> TourLine { TourLine(kind: .background, words: words) }

    static func run(_ words: String..., ending status: ExitStatus = .done, input: String? = nil) -> TourLine {
        TourLine(kind: .foreground(status), words: words, input: input)
    }

    static let stop = TourLine(kind: .stop, spelled: "kill $!")

    static func shell(_ text: String, prints output: String = "") -> TourLine {
        TourLine(kind: .shell(prints: output), spelled: text)
    }

    /// A line that writes a file.
    static func write(_ path: String, _ text: String) -> TourLine {
        .shell("cat > \(quoted(path)) <<'END'\n\(text)END")
    }

    /// What the reader copies.
    var text: String {
        if let spelled { return spelled }
        var text = (["parley"] + words.map(Self.quoted)).joined(separator: " ")
        if kind == .background { text += " &" }
        if let input { text += " <<'END'\n\(input)END" }
        return text
    }

    /// A word as shells read it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
