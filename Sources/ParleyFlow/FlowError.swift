internal import ParleyTypes

/// Why a part of ParleyFlow refuses a setting or a request. Each case knows one sentence that says what is
/// possible.
public enum FlowError: Error, Sendable, Hashable {
    /// A number that a setting cannot have, and those that it can.
    case outOfRange(Setting, Int, allowed: ClosedRange<Int>)
    /// A time that a setting cannot have, and those that it can.
    case timeOutOfRange(Setting, Duration, allowed: ClosedRange<Duration>)
    /// More at once than the burst: however long one waits, so many tokens are never there together.
    case moreThanBurst(asked: Int, burst: Int)
    /// The window holds as many as it can: nothing goes in before an acknowledgement.
    case windowFull(countMax: Int)

    /// Neither of two limits, of which one is needed.
    case unlimited(Setting, Setting)

    /// What was asked for.
    public enum Setting: String, Sendable, Hashable {
        case rate = "a rate"
        case burst = "a burst"
        case amount = "an amount"
        case packetBytes = "the bytes of a packet"
        case windowCount = "the places of a window"
        case windowBytes = "the bytes of a window"
        case threshold = "a threshold of reports"
        case acknowledgedCount = "the packets of one acknowledgement"
        case acknowledgementDelay = "the delay of an acknowledgement"
        case initialTimeout = "the first time-out"
        case minimumTimeout = "the shortest time-out"
        case maximumTimeout = "the longest time-out"
        case granularity = "the granularity of a clock"
        case unitsPerSecond = "the units of a time stamp"
        case period = "the time of a rate"
        case playoutDelay = "the delay of a jitter buffer"
        case playoutPeriod = "the time between two numbers"
        case senderCount = "the senders of a smoothed reader"
        case percentile = "a percentile"
        case itemCount = "the items of a jitter buffer"
        case itemBytes = "the bytes of a jitter buffer"
        case memoryTime = "the time that answers are remembered"
        case memoryPeers = "the peers that are remembered"
        case memoryAnswers = "the answers that are remembered of one peer"
        case memoryBytes = "the bytes of answers that are remembered"
        case tries = "the tries of a question"
        case tryTime = "the time of a question"
        case numberBits = "the bits of a number"
    }
}

extension FlowError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .outOfRange(let setting, let value, let allowed):
            allowed.upperBound == .max
                ? "\(setting.sentenceStart) cannot be \(value): it is at least \(allowed.lowerBound)."
                : "\(setting.sentenceStart) cannot be \(value): it is \(allowed.lowerBound) to "
                    + "\(allowed.upperBound)."
        case .timeOutOfRange(let setting, let value, let allowed):
            "\(setting.sentenceStart) cannot be \(value): it is \(allowed.lowerBound) to "
                + "\(allowed.upperBound)."
        case .moreThanBurst(let asked, let burst):
            "\(asked) tokens are never there at once, because the burst is \(burst): ask for fewer, or give "
                + "the bucket a larger burst."
        case .windowFull(let count):
            "The window has \(count) places and all are taken: send again after an acknowledgement."
        case .unlimited(let one, let other):
            "Neither \(one.rawValue) nor \(other.rawValue) has a limit: give one of them."
        }
    }
}

extension FlowError.Setting {
    fileprivate var sentenceStart: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The value, if it is one of those allowed.
    func checked(_ value: Int, in allowed: ClosedRange<Int>) throws(FlowError) -> Int {
        guard allowed.contains(value) else { throw .outOfRange(self, value, allowed: allowed) }
        return value
    }

    /// The time in nanoseconds, if it is one of those allowed.
    func checked(_ value: Duration, in allowed: ClosedRange<Duration>) throws(FlowError) -> Int64 {
        guard allowed.contains(value) else { throw .timeOutOfRange(self, value, allowed: allowed) }
        return value.saturatedNanoseconds
    }
}
