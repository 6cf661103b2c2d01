internal import ParleyTypes

/// What a message says of its time, as it stands in it.
struct PlayoutMarks: Sendable {
    /// A number that goes up, of so many bits.
    struct Mark: Sendable {
        var value: UInt64
        var bits: Int
    }

    /// What the time is made of.
    enum Scale: Sendable {
        /// So many nanoseconds from number to number.
        case period(Int64)
        case unitsPerSecond(Int64)
    }

    var number: Mark?
    /// Nil where numbers are the scale.
    var stamp: Mark?
    var scale: Scale
}
