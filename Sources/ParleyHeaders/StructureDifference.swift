public import ParleyWire

/// What changed on the wire between two versions of a struct, and whom it breaks.
public struct StructureDifference: Sendable, Hashable {
    public var name: String
    /// Nil when the struct is new.
    public var old: StructurePlan?
    /// Nil when the struct is gone.
    public var new: StructurePlan?
    public var changes: [Change]
    public var verdict: Verdict

    /// One field of either version.
    public struct Change: Sendable, Hashable {
        /// The field's path; the new one when it was renamed.
        public var field: String
        public var kind: Kind
        /// A sentence without the field's name and without a period.
        public var sentence: String

        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case inserted, removed, moved, resized, retyped
            /// Other values of an enum have the same names, or names are gone.
            case revalued
            /// Behind everything that was there.
            case appended
            /// More values of an enum have names.
            case named
            /// Where padding was.
            case filled
            /// The same bytes under another name.
            case renamed
        }
    }

    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// Every byte means what it meant.
        case same
        /// Every byte means what it meant, some under another name.
        case renamed
        /// What was there means what it meant; more follows, or more values have names.
        case extended
        /// Old and new misread each other.
        case broken
        /// The struct is new.
        case added
        /// The struct is gone.
        case removed

        /// Whether messages of the old version are still what the new one expects, byte by byte.
        public var isSameOnTheWire: Bool { self == .same || self == .renamed || self == .added }
    }

    /// The names of an enum's values, by the path of the field that holds it.
    public typealias EnumerationCases = [String: [EnumerationType.Case]]

    /// Compares two versions on one machine.
    ///
    /// - Precondition: one of them exists.
    public init(
        name: String,
        old: StructurePlan?,
        new: StructurePlan?,
        oldCases: EnumerationCases = [:],
        newCases: EnumerationCases = [:]
    ) {
        precondition(old != nil || new != nil, "nothing to compare")
        self.name = name
        self.old = old
        self.new = new
        guard let old, let new else {
            changes = []
            verdict = old == nil ? .added : .removed
            return
        }
        var finder = ChangeFinder(old: old, new: new)
        finder.run(oldCases, newCases)
        changes = finder.changes
        verdict = Self.verdict(changes, old, new)
    }

    private static func verdict(_ changes: [Change], _ old: StructurePlan, _ new: StructurePlan) -> Verdict {
        let kinds = Set(changes.map(\.kind))
        if kinds.isSubset(of: [.renamed]) {
            // Padding alone can change the size.
            if old.size != new.size { return old.size < new.size ? .extended : .broken }
            return kinds.isEmpty ? .same : .renamed
        }
        return kinds.isSubset(of: [.renamed, .appended, .named]) && old.size <= new.size ? .extended : .broken
    }

    /// What the verdict means for programs that were built with the old header.
    public var consequence: String {
        switch verdict {
        case .same: return "every byte means what it meant"
        case .renamed:
            return "every byte means what it meant; only sources that use the old names must change"
        case .added: return "a new struct that nobody knew before"
        case .removed: return "who still sends it is not understood"
        case .extended:
            guard let old, let new, old.size != new.size else {
                return "the same bytes; old receivers meet values they have no name for"
            }
            return "old receivers that take longer messages read the first \(old.size) bytes as before; new "
                + "receivers find messages of old senders \(new.size - old.size) bytes too short"
        case .broken:
            if Set(changes.map(\.kind)).isSubset(of: [.filled, .renamed, .named]), old?.size == new?.size {
                return "old receivers do not notice; new receivers read what old senders left in the padding"
            }
            let words = "old receivers misread new messages, and new receivers old ones"
            guard let old, let new else { return words }
            return old.size == new.size
                ? words : words + "; the size was \(old.size) bytes and is \(new.size)"
        }
    }
}

/// Matches the fields of two versions: by path, then by place.
private struct ChangeFinder {
    let old: StructurePlan
    let new: StructurePlan
    var changes: [StructureDifference.Change] = []

    init(old: StructurePlan, new: StructurePlan) {
        self.old = old
        self.new = new
    }

    mutating func run(
        _ oldCases: StructureDifference.EnumerationCases,
        _ newCases: StructureDifference.EnumerationCases
    ) {
        let oldFields = old.fields.filter(\.isCompared)
        let newFields = new.fields.filter(\.isCompared)
        let oldPaths = Set(oldFields.map(\.path))
        let newPaths = Set(newFields.map(\.path))
        var gone = oldFields.filter { !newPaths.contains($0.path) }
        for field in newFields {
            if oldPaths.contains(field.path) {
                guard let before = oldFields.first(where: { $0.path == field.path }) else { continue }
                compare(before, field)
                compare(field.path, oldCases[field.path], newCases[field.path])
            } else if let index = gone.firstIndex(where: { $0.isPlacedLike(field) }) {
                let before = gone.remove(at: index)
                add(field, .renamed, "was \(before.path): the same bytes, so only sources notice")
                compare(field.path, oldCases[before.path], newCases[field.path])
            } else {
                addNew(field)
            }
        }
        for field in gone {
            add(field, .removed, "is gone: old receivers still look for it at \(field.placeText)")
        }
    }

    private mutating func add(
        _ field: StructurePlan.Field,
        _ kind: StructureDifference.Change.Kind,
        _ sentence: String
    ) {
        changes.append(StructureDifference.Change(field: field.path, kind: kind, sentence: sentence))
    }

    private mutating func addNew(_ field: StructurePlan.Field) {
        let isOldOpen = old.fields.contains(where: \.isOpen)
        if field.firstBit >= old.size * 8, !isOldOpen {
            add(field, .appended, "is new at \(field.placeText), behind all that was there")
        } else if old.gaps.contains(where: { $0.firstBit <= field.firstBit && field.end <= $0.end }),
            !isOldOpen
        {
            add(
                field,
                .filled,
                "is new at \(field.placeText), where padding was: old senders leave anything there"
            )
        } else {
            add(field, .inserted, "is new at \(field.placeText), where other bytes were")
        }
    }

    private mutating func compare(_ before: StructurePlan.Field, _ now: StructurePlan.Field) {
        if before.firstBit != now.firstBit {
            add(now, .moved, "begins at \(now.placeText), was at \(before.placeText)")
        }
        if before.bitCount != now.bitCount || before.isOpen != now.isOpen {
            add(now, .resized, "has \(now.amountText), had \(before.amountText)")
        } else if before.kind != now.kind {
            add(
                now,
                .retyped,
                "is \(now.type), was \(before.type): \(Self.difference(before.kind, now.kind))"
            )
        } else if before.elementSize != now.elementSize || before.isBitField != now.isBitField {
            add(now, .retyped, "is \(now.type), was \(before.type): the same bytes are other numbers")
        } else if before.wireOrder != now.wireOrder {
            add(
                now,
                .retyped,
                "is \(now.type), was \(before.type): its bytes stand in \(now.wireOrder.rawValue)-endian order, "
                    + "not \(before.wireOrder.rawValue)-endian"
            )
        }
    }

    private static func difference(_ before: StructurePlan.Kind, _ now: StructurePlan.Kind) -> String {
        if case .integer(let wasSigned) = before, case .integer(let isSigned) = now, wasSigned != isSigned {
            return "values with the highest bit set are read with another sign"
        }
        return "the same bytes mean something else"
    }

    private mutating func compare(
        _ path: String,
        _ before: [EnumerationType.Case]?,
        _ now: [EnumerationType.Case]?
    ) {
        guard let before, let now, before != now else { return }
        let values = Dictionary(now.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        var moved: [String] = []
        for old in before {
            if let value = values[old.name] {
                if value != old.value { moved.append("\(old.name) is \(value), was \(old.value)") }
            } else if let other = now.first(where: { $0.value == old.value }) {
                moved.append("\(old.value) was \(old.name), is \(other.name)")
            } else {
                moved.append("\(old.name) (\(old.value)) is gone")
            }
        }
        if !moved.isEmpty {
            changes.append(.init(field: path, kind: .revalued, sentence: moved.joined(separator: ", ")))
        }
        let known = Set(before.map(\.name))
        let taken = Set(before.map(\.value))
        let added = now.filter { !known.contains($0.name) && !taken.contains($0.value) }
        if !added.isEmpty {
            let names = added.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
            changes.append(.init(field: path, kind: .named, sentence: "knows more values: \(names)"))
        }
    }
}

extension StructurePlan.Field {
    /// Containers are compared by what is in them; an array of them also by its length.
    fileprivate var isCompared: Bool { !hasMembers || bitCount > elementSize * 8 }

    /// The order of its bytes on the wire: the network's, unless its type says another.
    fileprivate var wireOrder: ByteOrder { byteOrder ?? .big }

    fileprivate func isPlacedLike(_ other: StructurePlan.Field) -> Bool {
        firstBit == other.firstBit && bitCount == other.bitCount && kind == other.kind
            && elementSize == other.elementSize && isBitField == other.isBitField && isOpen == other.isOpen
            && wireOrder == other.wireOrder
    }

    fileprivate var amountText: String {
        if isOpen { return "as many bytes as follow" }
        let (count, noun) = isBitField ? (bitCount, "bit") : (bitCount / 8, "byte")
        return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
