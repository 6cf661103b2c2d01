internal import ParleyFlow

/// By what a message says when it was sent: a number that goes up by one from message to message, or a time stamp.
///
///     let byNumber = PlayoutTiming<Frame>.number(\.number, every: .milliseconds(20))
///     let byStamp = PlayoutTiming<Frame>.stamp(\.stamp, unitsPerSecond: 90_000, number: \.number)
///     let byBytes = PlayoutTiming<[UInt8]>.number(every: .milliseconds(20)) { bytes -> UInt16? in
///         guard bytes.count >= 4 else { return nil }
///         return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
///     }
///
/// Numbers and stamps of 8, 16 and 32 bits wrap: each is taken for the one nearest to the greatest before it. Those of
/// 64 bits do not wrap.
public struct PlayoutTiming<Message: Sendable>: Sendable {
    /// What a message says of its time.
    let marks: @Sendable (Message) -> PlayoutMarks
    /// Why it cannot be used.
    let fault: FlowError?

    private init(_ fault: FlowError?, _ marks: @escaping @Sendable (Message) -> PlayoutMarks) {
        self.fault = fault
        self.marks = marks
    }

    func marks(of message: Message) -> PlayoutMarks { marks(message) }

    /// - Throws: `FlowError`, which says what is possible.
    func check() throws(FlowError) {
        if let fault { throw fault }
    }

    // MARK: Numbers

    /// By a number: one message after the other, at equal distances.
    ///
    /// - Parameter period: the time between two messages, 1 µs to 10 s.
    public static func number<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ number: any KeyPath<Message, Value> & Sendable,
        every period: Duration
    ) -> PlayoutTiming {
        self.number(every: period) { $0[keyPath: number] }
    }

    /// By a number that a closure finds, for messages whose layout is known only at run time.
    ///
    /// - Parameters:
    ///   - period: the time between two messages, 1 µs to 10 s.
    ///   - number: the message's number; nil where it has none: it is played at once.
    public static func number<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
        every period: Duration,
        _ number: @escaping @Sendable (Message) -> Value?
    ) -> PlayoutTiming {
        let isPossible = periods.contains(period)
        let nanoseconds = period.saturatedNanoseconds
        return PlayoutTiming(
            isPossible ? nil : .timeOutOfRange(.playoutPeriod, period, allowed: periods)
        ) {
            PlayoutMarks(number: number($0).map(PlayoutMarks.Mark.init), scale: .period(nanoseconds))
        }
    }

    // MARK: Stamps

    /// By a time stamp of the sender's clock, which need not agree with this host's. Without a number nobody can tell
    /// a message that came twice.
    ///
    /// - Parameter unitsPerSecond: units of the stamp in a second, 1 to 1,000,000,000: 1,000 for milliseconds.
    public static func stamp<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
        _ stamp: any KeyPath<Message, Value> & Sendable,
        unitsPerSecond: Int
    ) -> PlayoutTiming {
        self.stamp(unitsPerSecond: unitsPerSecond) { $0[keyPath: stamp] }
    }

    /// By a time stamp, with a number that orders messages of one stamp and tells those that came twice.
    ///
    /// - Parameter unitsPerSecond: units of the stamp in a second, 1 to 1,000,000,000.
    public static func stamp<
        Value: FixedWidthInteger & UnsignedInteger & Sendable,
        Number: FixedWidthInteger & UnsignedInteger & Sendable
    >(
        _ stamp: any KeyPath<Message, Value> & Sendable,
        unitsPerSecond: Int,
        number: any KeyPath<Message, Number> & Sendable
    ) -> PlayoutTiming {
        self.stamp(unitsPerSecond: unitsPerSecond, { $0[keyPath: stamp] }, number: { $0[keyPath: number] })
    }

    /// By a time stamp that a closure finds, for messages whose layout is known only at run time.
    ///
    /// - Parameters:
    ///   - unitsPerSecond: units of the stamp in a second, 1 to 1,000,000,000.
    ///   - stamp: the message's stamp; nil where it has none: it is played at once.
    public static func stamp<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
        unitsPerSecond: Int,
        _ stamp: @escaping @Sendable (Message) -> Value?
    ) -> PlayoutTiming {
        self.stamp(unitsPerSecond: unitsPerSecond, stamp, number: { _ in UInt64?.none })
    }

    /// By a time stamp and a number that closures find.
    ///
    /// - Parameters:
    ///   - unitsPerSecond: units of the stamp in a second, 1 to 1,000,000,000.
    ///   - stamp: the message's stamp; nil where it has none: it is played at once.
    ///   - number: its number; nil where it has none.
    public static func stamp<
        Value: FixedWidthInteger & UnsignedInteger & Sendable,
        Number: FixedWidthInteger & UnsignedInteger & Sendable
    >(
        unitsPerSecond: Int,
        _ stamp: @escaping @Sendable (Message) -> Value?,
        number: @escaping @Sendable (Message) -> Number?
    ) -> PlayoutTiming {
        let isPossible = units.contains(unitsPerSecond)
        let scale = PlayoutMarks.Scale.unitsPerSecond(Int64(max(1, unitsPerSecond)))
        return PlayoutTiming(
            isPossible ? nil : .outOfRange(.unitsPerSecond, unitsPerSecond, allowed: units)
        ) {
            PlayoutMarks(
                number: number($0).map(PlayoutMarks.Mark.init),
                stamp: stamp($0).map(PlayoutMarks.Mark.init),
                scale: scale
            )
        }
    }

    private static var periods: ClosedRange<Duration> { .microseconds(1) ... .seconds(10) }
    private static var units: ClosedRange<Int> { 1...1_000_000_000 }
}

extension PlayoutMarks.Mark {
    fileprivate init(_ value: some FixedWidthInteger & UnsignedInteger & Sendable) {
        self.init(value: UInt64(truncatingIfNeeded: value), bits: type(of: value).bitWidth)
    }
}
