internal import ParleyTypes

/// ``LinkConditions`` in the units of the engine: thresholds, nanoseconds, held to their limits.
struct Plan: Sendable {
    /// Bits a second; nil for no limit.
    let rate: UInt64?
    let mtu: Int
    let queueLimit: QueueLimit
    let marks: Bool
    let chances: Chances
    let delay: DelayPlan
    let loss: LossPlan
    let duplication: Threshold
    let corruption: Threshold
    let reordering: Threshold
    /// Nanoseconds that a reordered packet is later; earlier if below zero.
    let shift: Int64

    /// What has to be drawn at all.
    struct Chances: OptionSet, Sendable {
        var rawValue: UInt8
        static let loss = Chances(rawValue: 1)
        static let spells = Chances(rawValue: 2)
        static let copies = Chances(rawValue: 4)
        static let corruption = Chances(rawValue: 8)
        static let reordering = Chances(rawValue: 16)
        static let delay = Chances(rawValue: 32)
        static let earlyDrop = Chances(rawValue: 64)
    }

    init(_ conditions: LinkConditions) {
        rate = conditions.rate.map { UInt64(clamping: $0) }
        mtu = conditions.mtu ?? .max
        queueLimit = QueueLimit(conditions)
        marks = conditions.queue.marks
        delay = DelayPlan(conditions.delay)
        loss = LossPlan(conditions.loss)
        duplication = Threshold(conditions.duplication)
        corruption = Threshold(conditions.corruption)
        reordering = Threshold(conditions.reordering.probability)
        switch conditions.reordering.shift {
        case .ahead(let time): shift = -time.clampedNanoseconds
        case .back(let time): shift = time.clampedNanoseconds
        }
        var chances: Chances = []
        if loss != .none { chances.insert(.loss) }
        if conditions.spells != nil { chances.insert(.spells) }
        if !duplication.isNever { chances.insert(.copies) }
        if !corruption.isNever { chances.insert(.corruption) }
        if !reordering.isNever { chances.insert(.reordering) }
        if delay.isDrawn { chances.insert(.delay) }
        if case .red = conditions.queue.discipline { chances.insert(.earlyDrop) }
        self.chances = chances
    }
}
