internal import ParleyTypes

/// Whether a link is in a bad spell: a function of its seed and the time.
///
/// Time is cut into epochs of 64 good and bad times. Each begins with the state that a draw of its own says,
/// so that a time years ahead is reached without walking through all spells before it.
struct SpellProcess: Sendable {
    let addedDelay: Int64
    let loss: Threshold
    private let seed: UInt64
    private let meanGood: Double
    private let meanBad: Double
    private let startsBad: Threshold
    private let epochLength: Int64

    private var isBad = false
    /// The state holds within start..<end, in nanoseconds.
    private var start: Int64 = 0
    private var end: Int64 = 0
    private var epoch: Int64 = 0
    private var index: UInt64 = 0

    /// - Parameter seed: the link's, mixed.
    init(_ spells: BadSpells, seed: UInt64) {
        self.seed = seed
        addedDelay = spells.addedDelay.clampedNanoseconds
        loss = Threshold(spells.loss)
        meanGood = Double(spells.meanGood.clampedNanoseconds)
        meanBad = Double(spells.meanBad.clampedNanoseconds)
        let cycle = meanGood + meanBad
        startsBad = Threshold(cycle > 0 ? meanBad / cycle : 0)
        epochLength = Swift.max(1, Int64(nanoseconds: cycle * 64))
    }

    /// Whether there is a spell.
    mutating func isBad(at now: Int64) -> Bool {
        guard meanBad > 0, meanGood > 0 else { return meanBad > 0 }
        if now < start || (now >= end && end < .max) { move(to: now) }
        return isBad
    }

    private mutating func move(to now: Int64) {
        let (quotient, remainder) = now.quotientAndRemainder(dividingBy: epochLength)
        let current = remainder < 0 ? quotient - 1 : quotient
        if current != epoch || now < start || index == 0 { begin(current) }
        while now >= end, end < epochEnd {
            isBad.toggle()
            start = end
            end = length(from: start)
        }
    }

    private var epochEnd: Int64 {
        let (end, overflow) = epoch.addingReportingOverflow(1)
        let (product, isBeyond) = end.multipliedReportingOverflow(by: epochLength)
        return overflow || isBeyond ? .max : product
    }

    private mutating func begin(_ current: Int64) {
        epoch = current
        index = 0
        let (product, overflow) = current.multipliedReportingOverflow(by: epochLength)
        // The epoch in which the time itself begins is cut off.
        start = overflow ? .min : product
        isBad = startsBad.isMet(by: draw.bits(.spellState))
        end = length(from: start)
    }

    /// Where the state ends that began at a time: an exponentially distributed time later. Such times know no
    /// past, so that the first of an epoch needs no other draw.
    private mutating func length(from start: Int64) -> Int64 {
        let logarithm = Elementary.logarithm(Elementary.unit(draw.bits(.spellLength)))
        index += 1
        let mean = isBad ? meanBad : meanGood
        let length = Swift.max(1, Int64(nanoseconds: -logarithm * mean))
        let (end, overflow) = start.addingReportingOverflow(length)
        // The next epoch begins anew, whoever has looked at this one.
        return min(overflow ? .max : end, epochEnd)
    }

    private var draw: Draw {
        Draw(seed: seed, stream: UInt64(bitPattern: epoch) ^ Self.stream, index: index)
    }

    /// Keeps the link's own draws apart from those of flows with small keys.
    private static let stream: UInt64 = 0x5350_454C_4C53_0000
}
