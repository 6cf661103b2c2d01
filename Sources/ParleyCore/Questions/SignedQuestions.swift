internal import ParleyTypes
internal import ParleyWire

/// Open questions whose answers are known by what they say, and those that were given up: their answers are nobody's.
///
/// Keys are looked up, conditions asked one after another. An answer belongs to the first question that it fits, and to
/// one that was given up only when it fits none that is open: numbers come round, and an answer may be lost for good.
struct SignedQuestions<Inbound: Message> {
    /// The keys of one path.
    private struct Path {
        let id: AnyKeyPath
        let key: (Inbound) -> AnyHashable
        var entries: [AnyHashable: [Entry]] = [:]
    }

    private struct Entry {
        let number: Int
        let recipient: SocketAddress?
        var condition: ((Inbound) -> Bool)?
        /// Nil for one that was given up.
        var asker: Asker<Inbound>?

        func isAsked(_ sender: SocketAddress) -> Bool { recipient == nil || recipient == sender }
    }

    private struct Forgotten {
        let number: Int
        let sign: AnswerSign<Inbound>
        let until: MonotonicInstant
    }

    private var paths: [Path] = []
    private var conditions: [Entry] = []
    /// Those that were given up, the first one first; some with keys were answered since.
    private var forgottenKeys = FIFO<Forgotten>()
    private var forgottenConditions = FIFO<Forgotten>()
    private var lastNumber = 0
    private(set) var openCount = 0
    /// How many were given up and are remembered.
    private var forgottenCount = 0

    var isEmpty: Bool { openCount + forgottenCount == 0 }

    /// More questions that were given up than this are not remembered: late answers to the earliest of them are
    /// letters as any.
    static var forgottenMax: Int { 1024 }
    /// As above, of those with a condition, which holds its question in memory.
    static var forgottenConditionsMax: Int { 64 }

    /// Whether there are questions that were given up not long ago, so that their answers would be known for late ones.
    /// Asked when none is open.
    mutating func isRemembered(_ now: () -> MonotonicInstant) -> Bool {
        guard !isEmpty else { return false }
        defer { countForgotten() }
        let now = now()
        while let first = forgottenKeys.first, first.until <= now { drop(forgottenKeys.popFirst()) }
        while let first = forgottenConditions.first, first.until <= now {
            drop(forgottenConditions.popFirst())
        }
        return !isEmpty
    }

    /// Takes a question in.
    mutating func add(_ asker: Asker<Inbound>) {
        guard case .sign(let recipient) = asker.rule, let sign = asker.sign else { return }
        lastNumber += 1
        asker.turn = lastNumber
        openCount += 1
        switch sign {
        case .key(let value, let id, let key):
            var found = paths.firstIndex { $0.id == id }
            if found == nil {
                // Paths may be made at run time, without end.
                paths.removeAll { $0.entries.isEmpty }
                paths.append(Path(id: id, key: key))
                found = paths.count - 1
            }
            let index = found!
            let entry = Entry(number: lastNumber, recipient: recipient, asker: asker)
            let earlier = paths[index].entries[value] ?? []
            asker.mayBeLate = earlier.contains { $0.asker == nil }
            paths[index].entries[value] = earlier + [entry]
        case .condition(let isAnswer):
            conditions.append(
                Entry(number: lastNumber, recipient: recipient, condition: isAnswer, asker: asker)
            )
        }
    }

    /// Takes a question out that was not sent.
    mutating func remove(_ asker: Asker<Inbound>) {
        guard let sign = asker.sign else { return }
        openCount -= 1
        change(asker.turn, sign) { _ in false }
    }

    /// A question that was sent and will not be waited for.
    mutating func forget(_ asker: Asker<Inbound>, at now: MonotonicInstant) {
        guard let sign = asker.sign else { return }
        openCount -= 1
        change(asker.turn, sign) { entry in
            entry.asker = nil
            return true
        }
        defer { countForgotten() }
        let until = now.advanced(by: UnansweredQuestions.lateMax)
        let entry = Forgotten(number: asker.turn, sign: sign, until: until)
        switch sign {
        case .key:
            forgottenKeys.append(entry)
            if forgottenKeys.count > Self.forgottenMax { drop(forgottenKeys.popFirst()) }
        case .condition:
            forgottenConditions.append(entry)
            if forgottenConditions.count > Self.forgottenConditionsMax {
                drop(forgottenConditions.popFirst())
            }
        }
    }

    /// Finds the question that a message answers, and takes it out.
    ///
    /// - Returns: nil when it answers none; an inner nil when that question was given up.
    mutating func take(_ letter: Letter<Inbound>) -> Asker<Inbound>?? {
        for index in paths.indices where !paths[index].entries.isEmpty {
            let value = paths[index].key(letter.message)
            guard var entries = paths[index].entries[value],
                let found = Self.found(in: entries, { $0.isAsked(letter.sender) })
            else { continue }
            let entry = entries.remove(at: found)
            paths[index].entries[value] = entries.isEmpty ? nil : entries
            return taken(entry)
        }
        let found = Self.found(in: conditions) { entry in
            entry.isAsked(letter.sender) && entry.condition?(letter.message) == true
        }
        guard let found else { return nil }
        let entry = conditions.remove(at: found)
        // It would keep its question in memory.
        if entry.asker == nil {
            forgottenConditions.removeAll { $0.number == entry.number }
            countForgotten()
        }
        return taken(entry)
    }

    /// All that are open; the order means nothing.
    var all: [OpenQuestion] {
        let keyed = paths.flatMap { $0.entries.values.joined().compactMap(\.asker) }
        return keyed + conditions.compactMap(\.asker)
    }

    private mutating func taken(_ entry: Entry) -> Asker<Inbound>? {
        if entry.asker != nil { openCount -= 1 }
        return entry.asker
    }

    private static func found(in entries: [Entry], _ fits: (Entry) -> Bool) -> Int? {
        var late: Int?
        for index in entries.indices where entries[index].asker != nil || late == nil {
            guard fits(entries[index]) else { continue }
            if entries[index].asker != nil { return index }
            late = index
        }
        return late
    }

    /// Changes the entry of that number, or takes it out where `body` says false.
    private mutating func change(_ number: Int, _ sign: AnswerSign<Inbound>, _ body: (inout Entry) -> Bool) {
        switch sign {
        case .key(let value, let id, _):
            guard let path = paths.firstIndex(where: { $0.id == id }),
                var entries = paths[path].entries[value],
                let index = entries.firstIndex(where: { $0.number == number })
            else { return }
            if !body(&entries[index]) { entries.remove(at: index) }
            paths[path].entries[value] = entries.isEmpty ? nil : entries
        case .condition:
            guard let index = conditions.firstIndex(where: { $0.number == number }) else { return }
            if !body(&conditions[index]) { conditions.remove(at: index) }
        }
    }

    private mutating func countForgotten() {
        forgottenCount = forgottenKeys.count + forgottenConditions.count
    }

    private mutating func drop(_ forgotten: Forgotten?) {
        guard let forgotten else { return }
        change(forgotten.number, forgotten.sign) { $0.asker != nil }
    }
}
