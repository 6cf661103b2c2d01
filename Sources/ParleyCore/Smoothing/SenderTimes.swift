internal import ParleyFlow
internal import ParleyTypes

/// The times at which one sender says that it has sent its messages.
struct SenderTimes: Sendable {
    private var numbers = SerialUnwrapper<UInt32>()
    private var stamps = SerialUnwrapper<UInt32>()

    /// - Returns: when a message was sent, by its sender's clock, and its number without wraps; nil where it does not
    ///   say.
    mutating func read(_ marks: PlayoutMarks) -> (sentAt: MonotonicInstant, number: Int64?)? {
        let number = marks.number.map { Self.unwrap($0, by: &numbers) }
        switch marks.scale {
        case .period(let period):
            guard let number else { return nil }
            // Beyond the clock's end the times begin again, and the buffer with them.
            return (MonotonicInstant(nanoseconds: number &* period), number)
        case .unitsPerSecond(let units):
            guard let stamp = marks.stamp.map({ Self.unwrap($0, by: &stamps) }) else { return nil }
            let (seconds, rest) = stamp.quotientAndRemainder(dividingBy: units)
            let time = seconds &* 1_000_000_000 &+ rest * 1_000_000_000 / units
            return (MonotonicInstant(nanoseconds: time), number)
        }
    }

    private static func unwrap(_ mark: PlayoutMarks.Mark, by unwrapper: inout SerialUnwrapper<UInt32>)
        -> Int64
    {
        guard mark.bits <= 32 else { return Int64(truncatingIfNeeded: mark.value) }
        // Narrow numbers go round the circle of 32 bits as fast as their own, in larger steps.
        let shift = 32 - mark.bits
        return unwrapper.unwrap(SerialNumber(UInt32(truncatingIfNeeded: mark.value) << UInt32(shift)))
            >> shift
    }
}
