internal import ParleyTypes

/// What sends the packets of a queue one after another, at the link's rate. Nanoseconds.
struct Transmitter: Sendable {
    /// The packet that is being serialised.
    var packet: Inside?
    /// When something happens by itself: the packet has left, or a clog ends. `max` for never.
    var nextWork: Int64 = .max
    /// Nothing begins to leave before this time.
    var clogEnd: Int64 = .min
    var queuedBytes = 0
    /// When it has been idle since, for RED; nil while packets are there.
    var idleSince: Int64?

    /// When the packet has left, exactly: this and `fraction` / rate nanoseconds.
    private var end: Int64 = 0
    private var fraction: UInt64 = 0

    /// Begins to serialise a packet.
    ///
    /// - Parameters:
    ///   - isNext: another one has left just now; so this one begins where that ended, to the fraction.
    ///   - rate: bits a second, above 0.
    mutating func begin(_ next: Inside, at now: Int64, isNext: Bool, rate: UInt64) {
        if !isNext {
            end = now
            fraction = 0
        }
        // At most 2³⁰ · 8 · 10⁹ and less than 2⁶³: no overflow.
        let work = UInt64(next.byteCount) &* 8_000_000_000 &+ fraction
        let (quotient, remainder) = work.quotientAndRemainder(dividingBy: rate)
        end = end.addingSaturated(Int64(clamping: quotient))
        fraction = remainder
        packet = next
        nextWork = end.addingSaturated(remainder == 0 ? 0 : 1)
    }

    /// The rate has changed: the packet leaves when it would have, and the next one begins at that
    /// nanosecond.
    mutating func forgetFraction() {
        guard packet != nil else { return }
        end = nextWork
        fraction = 0
    }
}
