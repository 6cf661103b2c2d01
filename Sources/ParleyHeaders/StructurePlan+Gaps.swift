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
        /// How often it occurs: once, or in each element of an array of structs.
        public var repeats: Int

        public init(
            firstBit: Int,
            bitCount: Int,
            isTail: Bool,
            after: String?,
            depth: Int = 0,
            repeats: Int = 1
        ) {
            self.firstBit = firstBit
            self.bitCount = bitCount
            self.isTail = isTail
            self.after = after
            self.depth = depth
            self.repeats = repeats
        }

        /// The byte that holds its first bit.
        public var offset: Int { firstBit / 8 }
        public var end: Int { firstBit + bitCount }
        public var isWholeBytes: Bool { firstBit % 8 == 0 && bitCount % 8 == 0 }
    }

    /// All bits of all gaps.
    public var gapBits: Int { gaps.reduce(0) { $0 + $1.bitCount * $1.repeats } }
}

/// Finds what belongs to no field, in one pass over fields that were looked at once.
struct GapFinder {
    private let fields: [StructurePlan.Field]
    private let size: Int
    /// For each field the struct or union around it, and the last of the members below it.
    private var parents: [Int?] = []
    private var lastMembers: [Int] = []
    /// The last field that ends at a bit.
    private var places: [Int: Int] = [:]

    init(_ fields: [StructurePlan.Field], size: Int) {
        self.fields = fields
        self.size = size
        lastMembers = Array(fields.indices)
        var open: [Int] = []
        for (index, field) in fields.enumerated() {
            while let last = open.last, fields[last].depth >= field.depth {
                lastMembers[last] = index - 1
                open.removeLast()
            }
            parents.append(open.last)
            open.append(index)
            if field.bitCount > 0 { places[field.end] = index }
        }
        for index in open { lastMembers[index] = fields.count - 1 }
    }

    var gaps: [StructurePlan.Gap] {
        var gaps: [StructurePlan.Gap] = []
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

    private func gap(_ first: Int, _ end: Int) -> StructurePlan.Gap {
        var place = places[first].map { lastMembers[$0] }
        let depth = place.map { fields[$0].depth } ?? 0
        // Members of a union stand side by side: what none of them covers lies behind all of them.
        while let index = place, let parent = parents[index], fields[parent].kind == .union,
            fields[parent].end > first
        {
            let last = lastMembers[parent]
            if last == index { break }
            place = last
        }
        var repeats = 1
        var inner = place
        while let index = inner {
            inner = parents[index]
            guard let outer = inner, fields[outer].elementSize > 0, end <= fields[outer].end else { continue }
            let isInside = first >= fields[outer].firstBit
            if isInside { repeats *= max(1, fields[outer].bitCount / (fields[outer].elementSize * 8)) }
        }
        return StructurePlan.Gap(
            firstBit: first,
            bitCount: end - first,
            isTail: end == size * 8,
            after: place.map { fields[$0].path },
            depth: depth,
            repeats: repeats
        )
    }
}
