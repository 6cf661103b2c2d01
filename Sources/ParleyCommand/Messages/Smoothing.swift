import ParleyCore
import ParleyFlow
import ParleyText
import ParleyWire

/// How messages are printed at the distances at which they were sent.
struct Smoothing: Sendable {
    /// By what messages say when they were sent.
    enum Source: Sendable {
        case numbers(NumberField, every: Duration)
        case times(TimeField, NumberField?)
    }

    let source: Source
    let delay: PlayoutDelay
    let playsLate: Bool
    /// Of messages that are held.
    let bytesMax: Int

    /// Messages that are held, of all senders together: as many as a buffer may have.
    static let messagesMax = 65_536
    /// Senders that are told apart at a time, 16 KiB each.
    static let sendersMax = 256

    /// Whether messages that come twice are told.
    var knowsNumbers: Bool { if case .times(_, nil) = source { false } else { true } }

    /// The letters of a mailbox at their times.
    func reader(
        of mailbox: Mailbox<Parcel, Parcel>,
        onReceived: @escaping @Sendable (Letter<Parcel>) -> Void
    ) throws(Ending) -> Mailbox<Parcel, Parcel>.Smoothed {
        do throws(FlowError) {
            return try mailbox.smoothed(
                by: timing,
                delay: delay,
                playsLate: playsLate,
                lettersMax: Self.messagesMax,
                bytesMax: bytesMax,
                sendersMax: Self.sendersMax,
                onReceived: onReceived
            )
        } catch {
            throw Ending(.usage, "--smooth: \(error)")
        }
    }

    private var timing: PlayoutTiming<Parcel> {
        switch source {
        case .numbers(let field, let period): Self.byNumber(field, Self.unsigned(field.bits), period)
        case .times(let time, nil): Self.byTime(time, Self.unsigned(time.field.bits))
        case .times(let time, let number?):
            Self.byTime(time, Self.unsigned(time.field.bits), number, Self.unsigned(number.bits))
        }
    }

    // MARK: Widths

    private typealias Unsigned = FixedWidthInteger & UnsignedInteger & Sendable

    /// The type whose width says where a number wraps.
    private static func unsigned(_ bits: Int) -> any Unsigned.Type {
        switch bits {
        case 8: UInt8.self
        case 16: UInt16.self
        case 32: UInt32.self
        default: UInt64.self
        }
    }

    private static func byNumber<Number: Unsigned>(
        _ field: NumberField,
        _: Number.Type,
        _ period: Duration
    ) -> PlayoutTiming<Parcel> {
        .number(every: period) { value(of: field, in: $0) as Number? }
    }

    private static func byTime<Time: Unsigned>(_ time: TimeField, _: Time.Type) -> PlayoutTiming<Parcel> {
        .stamp(unitsPerSecond: time.unitsPerSecond) { value(of: time.field, in: $0) as Time? }
    }

    private static func byTime<Time: Unsigned, Number: Unsigned>(
        _ time: TimeField,
        _: Time.Type,
        _ number: NumberField,
        _: Number.Type
    ) -> PlayoutTiming<Parcel> {
        .stamp(
            unitsPerSecond: time.unitsPerSecond,
            { value(of: time.field, in: $0) as Time? },
            number: { value(of: number, in: $0) as Number? }
        )
    }

    private static func value<Value: Unsigned>(of field: NumberField, in parcel: Parcel) -> Value? {
        guard case .fit(.message(let message)) = parcel.content else { return nil }
        return field.number(in: message).map { Value(truncatingIfNeeded: $0) }
    }
}
