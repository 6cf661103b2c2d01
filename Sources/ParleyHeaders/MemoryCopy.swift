internal import ParleyTypes
import ParleyWire

/// What goes wrong when the bytes of a struct are copied from one machine's memory to others as they are.
public struct MemoryCopy: Sendable, Hashable {
    /// The machine that writes.
    public var source: StructurePlan.Machine
    /// The machines that read.
    public var targets: [StructurePlan.Machine]
    /// The fields that do not arrive, in order; then what concerns the struct as a whole.
    public var faults: [Fault]
    /// The fields that arrive as they are.
    public var intact: [String]

    /// One field and everything that happens to it.
    public struct Fault: Sendable, Hashable {
        /// The field's path; nil for the struct as a whole.
        public var field: String?
        /// A sentence without the field's name and without a period.
        public var sentence: String
        public var causes: [Cause]
    }

    public enum Cause: String, Sendable, Hashable, CaseIterable {
        case missing, moved, resized
        case byteOrder, bitOrder, sign, pointer, format
        case gap, size
    }

    /// Compares the plans of the targets with the source's, field by field.
    public init(from source: StructurePlan, to targets: [StructurePlan]) {
        self.source = source.machine
        self.targets = targets.map(\.machine)
        let fields = targets.map { plan in
            Dictionary(plan.fields.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        }
        var faults: [Fault] = []
        for field in source.fields {
            var clauses = Clauses()
            for (target, fields) in zip(targets, fields) {
                let name = target.machine.name
                guard let other = fields[field.path] else {
                    clauses.add(.missing, "does not exist", on: name)
                    continue
                }
                clauses.compare(field, source, other, target)
            }
            if !clauses.isEmpty { faults.append(clauses.fault(field.path)) }
        }
        var whole = Clauses()
        for target in targets where target.size != source.size {
            whole.add(.size, "sizeof is \(target.size) (not \(source.size))", on: target.machine.name)
        }
        if let gaps = Self.gaps(source, targets) { whole.add(.gap, gaps, on: nil) }
        if !whole.isEmpty { faults.append(whole.fault(nil)) }
        self.faults = faults
        let faulty = Set(faults.compactMap(\.field))
        intact = source.fields.filter { !$0.hasMembers && !faulty.contains($0.path) }.map(\.path)
    }

    /// A gap at the source sends what memory held by chance.
    private static func gaps(_ source: StructurePlan, _ targets: [StructurePlan]) -> String? {
        let bits = source.gapBits
        guard bits > 0 else { return nil }
        let amounts = [(bits / 8, "byte"), (bits % 8, "bit")].filter { $0.0 > 0 }.map { Phrase.count($0, $1) }
        let verb = bits == 8 || bits == 1 ? "carries" : "carry"
        return
            "the \(amounts.joined(separator: " and ")) of padding on \(source.machine.name) \(verb) whatever "
            + "memory held"
    }

}

/// Clauses of one sentence; machines to which the same happens are named together.
private struct Clauses {
    private var entries: [(cause: MemoryCopy.Cause, text: String, machines: [String])] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ cause: MemoryCopy.Cause, _ text: String, on machine: String?) {
        let machines = machine.map { [$0] } ?? []
        if let index = entries.firstIndex(where: { $0.text == text }) {
            entries[index].machines += machines
        } else {
            entries.append((cause, text, machines))
        }
    }

    func fault(_ field: String?) -> MemoryCopy.Fault {
        let sorted = MemoryCopy.Cause.allCases.flatMap { cause in entries.filter { $0.cause == cause } }
        var parts: [(texts: [String], machines: [String])] = []
        for entry in sorted {
            // What happens to the same machines is told in one breath.
            if let last = parts.indices.last, parts[last].machines == entry.machines {
                parts[last].texts.append(entry.text)
            } else {
                parts.append(([entry.text], entry.machines))
            }
        }
        let clauses = parts.map { part in
            let text = Phrase.list(part.texts)
            return part.machines.isEmpty ? text : "\(text) on \(Phrase.list(part.machines))"
        }
        return MemoryCopy.Fault(
            field: field,
            sentence: clauses.joined(separator: "; "),
            causes: sorted.map(\.cause)
        )
    }

    // MARK: One field

    mutating func compare(
        _ field: StructurePlan.Field,
        _ source: StructurePlan,
        _ other: StructurePlan.Field,
        _ target: StructurePlan
    ) {
        let name = target.machine.name
        let isOrderEqual =
            field.byteOrder ?? source.machine.byteOrder == other.byteOrder ?? target.machine.byteOrder
        if field.hasMembers {
            // Its members tell; only an array's stride is its own.
            if field.bitCount != other.bitCount {
                add(.resized, "has \(Self.amount(other)) (not \(field.bitCount / 8))", on: name)
            }
            return
        }
        if field.isBitField || other.isBitField {
            let orders = (source.machine.bitOrder, target.machine.bitOrder)
            let isShared = field.sharesBits(orders.0, with: other, orders.1)
            if !isShared {
                let (now, before) = (other.bitsText(orders.1), field.bitsText(orders.0))
                add(
                    .moved,
                    now == before ? "lies in other \(now)" : "lies in \(now) (not \(before))",
                    on: name
                )
            }
            // Bits of one byte are the same number from whichever end a machine counts.
            if orders.0 != orders.1, field.end > field.offset * 8 + 8 {
                add(.bitOrder, "has its bytes reversed", on: name)
            }
            if field.bitCount != other.bitCount {
                add(
                    .resized,
                    "has \(Phrase.count(other.bitCount, "bit")) (not \(field.bitCount))",
                    on: name
                )
            }
            compareSigns(field, other, name)
            return
        }
        if field.kind == .pointer {
            add(.pointer, "is an address in the sender's memory, which means nothing", on: name)
            return
        }
        if field.firstBit != other.firstBit {
            add(.moved, "begins at byte \(other.offset) (not \(field.offset))", on: name)
        }
        if field.bitCount != other.bitCount {
            let loss = field.kind == .float && other.elementSize < 8 ? ", less precise" : ""
            add(.resized, "has \(Self.amount(other)) (not \(field.bitCount / 8)\(loss))", on: name)
        }
        if !isOrderEqual, field.elementSize > 1 || other.elementSize > 1 {
            let isArray = field.bitCount > field.elementSize * 8 || field.isOpen
            add(
                .byteOrder,
                isArray ? "has the bytes of each element reversed" : "has its bytes reversed",
                on: name
            )
        }
        if field.kind == .float, field.elementSize > 8, other.elementSize > 8, source.machine.name != name {
            add(.format, "may have another format (long double)", on: name)
        }
        compareSigns(field, other, name)
    }

    private mutating func compareSigns(
        _ field: StructurePlan.Field,
        _ other: StructurePlan.Field,
        _ name: String
    ) {
        // A char[] is text, which has no sign.
        let isText = field.elementSize == 1 && field.bitCount > 8
        if let isSigned = other.isSigned, isSigned != field.isSigned, !isText {
            let word = isSigned ? "signed" : "unsigned"
            add(.sign, "is \(word), so values with the highest bit set are other numbers", on: name)
        }
    }

    private static func amount(_ field: StructurePlan.Field) -> String {
        Phrase.count(field.bitCount / 8, "byte")
    }
}

extension StructurePlan.Field {
    /// `byte 3`, of a bit field `byte 3 bit 4` as the machine counts.
    public var placeText: String { isBitField ? "byte \(offset) bit \(firstBit % 8)" : "byte \(offset)" }

    /// `bits 7 to 4 of byte 0`, 7 the most significant; or the bytes that hold the bits.
    fileprivate func bitsText(_ order: ByteOrder) -> String {
        let last = max(end - 1, firstBit) / 8
        guard last == offset, let bits = bits(in: offset, order) else {
            return "bits of bytes \(offset) to \(last)"
        }
        let (high, low) = (7 - bits.lowerBound, 8 - bits.upperBound)
        return (high == low ? "bit \(high)" : "bits \(high) to \(low)") + " of byte \(offset)"
    }
}
