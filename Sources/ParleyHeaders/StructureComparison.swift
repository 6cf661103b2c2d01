/// One struct on several machines, as written and packed, side by side.
///
/// Machines that put every field at the same place share a lane; the fields are rows.
public struct StructureComparison: Sendable, Hashable {
    public var name: String
    /// Where it is declared; nil for a layout without a file.
    public var location: SourceLocation?
    /// In the order asked for, the machine that is compared with first.
    public let plans: [StructurePlan]
    public let lanes: [Lane]
    public let rows: [Row]

    /// Plans that agree on every offset and size.
    public struct Lane: Sendable, Hashable {
        /// Never empty; the first is drawn.
        public fileprivate(set) var plans: [StructurePlan]
        /// What names it: machines as written; then `packed` for all of them, or single ones packed and
        /// `packed too` for those that are here already.
        public fileprivate(set) var labels: [String]

        public var plan: StructurePlan { plans[0] }

        /// Where each field stands in the plans.
        private let places: [String: Int]

        fileprivate init(_ plan: StructurePlan) {
            plans = [plan]
            labels = []
            places = Dictionary(
                plan.fields.enumerated().map { ($1.path, $0) },
                uniquingKeysWith: { first, _ in first }
            )
        }

        /// The alignments of a field, or of the whole, that its machines have as written (packed, if none
        /// is): from the least to the greatest; nil for bit fields, which have none.
        public func alignments(of path: String? = nil) -> ClosedRange<Int>? {
            let written = plans.filter { $0.packing == .asWritten }
            let place = path.flatMap { places[$0] }
            // Plans of one lane have the same fields in the same order.
            let all = (written.isEmpty ? plans : written).map { plan in
                place.map { plan.fields[$0].alignment } ?? plan.alignment
            }
            guard let least = all.min(), let most = all.max(), least > 0 else { return nil }
            return least...most
        }
    }

    /// A field, or what lies behind one.
    public struct Row: Sendable, Hashable {
        public var subject: Subject
        public var depth: Int

        public enum Subject: Sendable, Hashable {
            /// One field for each lane, nil where it does not exist.
            case field(path: String, type: String, [StructurePlan.Field?])
            /// One gap for each lane, nil where there is none.
            case gap(isTail: Bool, [StructurePlan.Gap?])
        }
    }

    /// - Precondition: there is a plan.
    public init(name: String, location: SourceLocation? = nil, plans: [StructurePlan]) {
        precondition(!plans.isEmpty, "nothing to compare")
        self.name = name
        self.location = location
        self.plans = plans
        lanes = Self.lanes(plans)
        rows = Self.rows(lanes.map(\.plan))
    }
}

extension StructureComparison {
    private static func lanes(_ plans: [StructurePlan]) -> [Lane] {
        var lanes: [Lane] = []
        for plan in plans {
            if let index = lanes.firstIndex(where: { $0.plan.isDrawnLike(plan) }) {
                lanes[index].plans.append(plan)
            } else {
                lanes.append(Lane(plan))
            }
        }
        let machineCount = Set(plans.map(\.machine)).count
        for index in lanes.indices {
            let plans = lanes[index].plans
            let written = plans.filter { $0.packing == .asWritten }.map(\.machine.name)
            let packed = plans.filter { $0.packing == .packed }.map(\.machine.name)
            lanes[index].labels = written
            if packed.count == machineCount {
                lanes[index].labels.append("packed")
            } else {
                lanes[index].labels += packed.filter { !written.contains($0) }.map { $0 + " packed" }
                if packed.contains(where: written.contains) { lanes[index].labels.append("packed too") }
            }
        }
        return lanes
    }

    private static func rows(_ plans: [StructurePlan]) -> [Row] {
        var order: [(path: String, field: StructurePlan.Field)] = []
        // Searched for is only what is there, and stands elsewhere.
        var known: Set<String> = []
        for plan in plans {
            var place = 0
            for field in plan.fields {
                // Nearly always the machines have the same fields.
                if place < order.count, order[place].path == field.path {
                    place += 1
                } else if known.insert(field.path).inserted {
                    order.insert((field.path, field), at: place)
                    place += 1
                } else if let index = order.firstIndex(where: { $0.path == field.path }) {
                    place = index + 1
                }
            }
        }
        let gaps = plans.map { Dictionary(grouping: $0.gaps, by: \.after) }
        var rows: [Row] = Self.gapRows(after: nil, gaps)
        let fields = plans.map { plan in
            Dictionary(plan.fields.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        }
        for (path, field) in order {
            let cells = fields.map { $0[path] }
            rows.append(Row(subject: .field(path: path, type: field.type, cells), depth: field.depth))
            rows += Self.gapRows(after: path, gaps)
        }
        return rows
    }

    private static func gapRows(after path: String?, _ gaps: [[String?: [StructurePlan.Gap]]]) -> [Row] {
        [false, true].compactMap { isTail in
            let cells = gaps.map { $0[path]?.first { $0.isTail == isTail } }
            guard let gap = cells.compactMap(\.self).first else { return nil }
            return Row(subject: .gap(isTail: isTail, cells), depth: gap.depth)
        }
    }
}

extension StructurePlan {
    /// Whether both are one drawing; alignments may differ, which packing and machines change without moving
    /// anything.
    fileprivate func isDrawnLike(_ other: StructurePlan) -> Bool {
        guard size == other.size, fields.count == other.fields.count else { return false }
        guard !hasBitFields || machine.byteOrder == other.machine.byteOrder else { return false }
        return zip(fields, other.fields).allSatisfy { mine, theirs in
            mine.path == theirs.path && mine.firstBit == theirs.firstBit && mine.bitCount == theirs.bitCount
                && mine.isBitField == theirs.isBitField && mine.isOpen == theirs.isOpen
        }
    }

    public var hasBitFields: Bool { fields.contains(where: \.isBitField) }
}
