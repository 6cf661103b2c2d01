import ParleyFlow
import ParleyText
import ParleyTypes

/// What the numbers of messages tell that come from many senders, each of which counts for itself.
struct NumberWatch: Sendable {
    let field: NumberField
    private var ledgers: [String: NumberLedger] = [:]
    /// Messages of senders that were too many to be told apart.
    private var others = 0

    /// More senders than this are not followed, so that strangers cannot fill our memory: 2 KiB each.
    private static let sendersMax = 1024

    init(_ field: NumberField) { self.field = field }

    /// A message came; what has no number is passed over.
    ///
    /// - Parameter sender: nil for those without a name, who are taken for one.
    mutating func note(_ content: JSONLine.Content, from sender: String?) {
        guard case .message(let message) = content, let number = field.number(in: message) else { return }
        let name = sender ?? ""
        guard ledgers[name] != nil || ledgers.count < Self.sendersMax else { return others += 1 }
        // The field has 8 bits at least.
        guard var ledger = ledgers.removeValue(forKey: name) ?? (try? NumberLedger(bits: field.bits)) else {
            return
        }
        ledger.receive(number)
        ledgers[name] = ledger
    }

    /// Of all senders together.
    var counts: NumberCounts { ledgers.values.reduce(into: NumberCounts()) { $0 += $1.counts } }

    /// `, seq: 3 missing, 1 doubled, 2 reordered`
    var ending: String {
        var text = ", \(SafeText.line(field.text)): " + Self.words(counts)
        if others > 0 { text += ", \(plural(others, "message")) of more senders not looked at" }
        return text
    }

    /// A line for each sender, if there are several: `127.0.0.1:40000: 3 missing`.
    var lines: [String] {
        guard ledgers.count > 1 else { return [] }
        return ledgers.sorted { $0.key < $1.key }.map { name, ledger in
            let sender = name.isEmpty ? "senders without a name" : SafeText.line(name)
            return "\(sender): \(plural(ledger.counts.received, "message")), \(Self.words(ledger.counts))"
        }
    }

    static func words(_ counts: NumberCounts) -> String {
        guard counts.received > 0 else { return "none came" }
        var parts = [
            "\(counts.missing) missing", "\(counts.doubled) doubled", "\(counts.reordered) reordered",
        ]
        if counts.restarts > 0 {
            parts.append("begun anew \(counts.restarts == 1 ? "once" : "\(counts.restarts) times")")
        }
        if counts.unplaced > 0 { parts.append("\(counts.unplaced) far from the others") }
        return parts.joined(separator: ", ")
    }

    var json: JSONValue.Member {
        let counts = counts
        let numbers = [
            ("received", counts.received), ("missing", counts.missing), ("doubled", counts.doubled),
            ("reordered", counts.reordered), ("restarts", counts.restarts), ("unplaced", counts.unplaced),
        ]
        return .init(
            "numbers",
            .object([.init("field", .string(field.text))] + numbers.map { .init($0.0, .integer($0.1)) })
        )
    }
}
