internal import ParleyTypes
import ParleyWire

extension StructureComparison {
    /// What a plain memcpy breaks: from the first machine to the others, or to the wire when it is alone.
    public var copies: [MemoryCopy] {
        let written = plans.filter { $0.packing == .asWritten }
        guard let source = written.first else { return [] }
        let others = written.dropFirst()
        if !others.isEmpty { return [MemoryCopy(from: source, to: Array(others))] }
        guard var wire = plans.first(where: { $0.packing == .packed && $0.machine == source.machine }) else {
            return []
        }
        wire.machine = .wire(from: source.machine)
        return [MemoryCopy(from: source, to: [wire])]
    }

    /// In one sentence, on which other machines the struct is laid out as on this one; nil without others.
    public func elsewhere(than machine: String) -> String? {
        let written = plans.filter { $0.packing == .asWritten }
        guard let own = written.first(where: { $0.machine.name == machine }), written.count > 1 else {
            return nil
        }
        var same: [String] = []
        var reversed: [String] = []
        var other: [String] = []
        for plan in written where plan.machine != own.machine {
            let isEqual = plan.hasPlaces(of: own)
            let isOrderEqual = plan.machine.byteOrder == own.machine.byteOrder || own.isOrderTyped
            if isEqual, isOrderEqual { same.append(plan.machine.name) }
            if isEqual, !isOrderEqual { reversed.append(plan.machine.name) }
            if !isEqual { other.append(plan.machine.name) }
        }
        var parts: [String] = []
        if !same.isEmpty { parts.append("laid out the same on \(Phrase.list(same))") }
        if !reversed.isEmpty {
            parts.append("the same offsets, but the other byte order, on \(Phrase.list(reversed))")
        }
        if !other.isEmpty { parts.append("other offsets or sizes on \(Phrase.list(other))") }
        return "Elsewhere: " + parts.joined(separator: "; ") + " (--abi all shows them)."
    }
}

extension StructureComparison {
    /// Which fields have one byte order on every machine, because their types say so; nil when none has.
    public var typedOrders: String? {
        let sentences: [String] = [ByteOrder.big, .little].compactMap { order in
            let fields = (plans.first?.fields ?? []).filter { $0.byteOrder == order }
            guard !fields.isEmpty else { return nil }
            var seen: Set<String> = []
            let types = fields.map { String($0.type.prefix { $0 != "[" }) }
                .filter { seen.insert($0).inserted }
            let names = fields.prefix(8).map(\.path) + (fields.count > 8 ? ["others"] : [])
            return "\(Phrase.list(names)) \(fields.count == 1 ? "is" : "are") \(order.rawValue)-endian "
                + "everywhere, as the type\(types.count == 1 ? "" : "s") \(Phrase.list(types)) "
                + "\(types.count == 1 ? "says" : "say")."
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }
}

extension StructurePlan {
    /// Whether the types of all its numbers say their byte order: no machine's then matters.
    fileprivate var isOrderTyped: Bool {
        fields.contains { $0.byteOrder != nil }
            && fields.allSatisfy {
                $0.hasMembers || $0.byteOrder != nil || $0.elementSize <= 1 && !$0.isBitField
            }
    }

    fileprivate func hasPlaces(of other: StructurePlan) -> Bool {
        size == other.size && fields.count == other.fields.count
            && zip(fields, other.fields).allSatisfy {
                $0.path == $1.path && $0.firstBit == $1.firstBit && $0.bitCount == $1.bitCount
            }
    }
}
