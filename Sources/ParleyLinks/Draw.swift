internal import ParleyTypes

/// What chance says of one packet: as many numbers as there are questions, each a hash of the link's seed,
/// the flow's key, the packet's number and the question. No question's answer depends on which others were
/// asked.
struct Draw {
    private let stem: UInt64

    /// - Parameters:
    ///   - seed: mixed already (``mix(_:)``).
    ///   - stream: what is drawn for: a flow, or the link itself.
    init(seed: UInt64, stream: UInt64, index: UInt64) {
        stem = Self.mix((seed ^ Self.mix(stream)) &+ index &* Self.step)
    }

    /// 64 random bits.
    ///
    /// - Parameter part: which of the packet's fragments is asked about.
    func bits(_ question: Question, part: Int = 0) -> UInt64 {
        Self.mix(stem &+ question.rawValue &* Self.step &+ UInt64(truncatingIfNeeded: part) &* Self.stride)
    }

    /// Whether what has a probability happens.
    func happens(_ question: Question, part: Int = 0, _ threshold: Threshold) -> Bool {
        threshold.isMet(by: bits(question, part: part))
    }

    /// The questions. Their numbers are part of what a seed means: old ones keep theirs.
    enum Question: UInt64 {
        case loss = 1, burstState, spellLoss, duplication, corruption, copyCorruption, reordering, delay,
            earlyDrop
        case corruptedBit, copyCorruptedBit
        case spellState, spellLength
    }

    static func mix(_ number: UInt64) -> UInt64 { SeededGenerator.mix(number) }

    /// 2⁶⁴ over the golden ratio, odd.
    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// 2⁶⁴ over the square root of 3, odd.
    private static let stride: UInt64 = 0x93CD_3A2C_8198_E269
}

/// A probability, ready to be compared with 53 random bits.
struct Threshold: Equatable {
    private let bound: UInt64

    init(_ probability: Double) {
        bound = UInt64(probability.clampedProbability * 0x1p53)
    }

    /// It never happens: nothing has to be drawn.
    var isNever: Bool { bound == 0 }

    func isMet(by bits: UInt64) -> Bool { bits >> 11 < bound }
}

extension Double {
    /// Held to 0...1; what is no number is 0.
    var clampedProbability: Double { self > 0 ? Swift.min(self, 1) : 0 }
}
