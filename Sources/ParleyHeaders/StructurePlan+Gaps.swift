extension StructurePlan {
    /// Bits that belong to no field: a compiler left them, and a copy carries whatever memory held.
    public struct Gap: Sendable, Hashable {
        public var firstBit: Int
        public var bitCount: Int
        /// Whether nothing but the struct's end follows.
        public var isTail: Bool
        /// The field behind which it lies, nil at the very start.
        public var after: String?
        /// As deep as the field behind which it lies.
        public var depth: Int

        public init(firstBit: Int, bitCount: Int, isTail: Bool, after: String?, depth: Int = 0) {
            self.firstBit = firstBit
            self.bitCount = bitCount
            self.isTail = isTail
            self.after = after
            self.depth = depth
        }

        /// The byte that holds its first bit.
        public var offset: Int { firstBit / 8 }
        public var end: Int { firstBit + bitCount }
        public var isWholeBytes: Bool { firstBit % 8 == 0 && bitCount % 8 == 0 }
    }

    /// Every gap, in the order of the bytes; of an array of structs those of the first element.
    public var gaps: [Gap] {
        var gaps: [Gap] = []
        var end = 0
        let total = size * 8
        for (first, next) in covered where first <= total {
            if first > end { gaps.append(gap(end, first)) }
            end = max(end, next)
        }
        if total > end { gaps.append(gap(end, total)) }
        return gaps
    }

    /// The ranges of bits that belong to a field, by their beginnings.
    private var covered: [(first: Int, end: Int)] {
        var ranges: [(first: Int, end: Int)] = []
        for field in fields {
            if !field.hasMembers {
                ranges.append((field.firstBit, field.end))
            } else if field.elementSize > 0, field.bitCount > field.elementSize * 8 {
                // Members are those of the first element; the others repeat it.
                ranges.append((field.firstBit + field.elementSize * 8, field.end))
            }
        }
        return ranges.sorted { ($0.first, $0.end) < ($1.first, $1.end) }
    }

    private func gap(_ first: Int, _ end: Int) -> Gap {
        var place: (path: String, depth: Int)?
        for (index, field) in fields.enumerated() where field.end == first && field.bitCount > 0 {
            let members = fields[(index + 1)...].prefix { $0.depth > field.depth }
            place = (members.last?.path ?? field.path, field.depth)
        }
        return Gap(
            firstBit: first,
            bitCount: end - first,
            isTail: end == size * 8,
            after: place?.path,
            depth: place?.depth ?? 0
        )
    }
}
