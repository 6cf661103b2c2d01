public import ParleyFlow

/// How a question over datagrams is asked again until its answer comes: stop-and-wait, and its step to a window.
///
///     let answer = try await mailbox.request(order, to: "server.example:9000", retrying: .usual)
///     let patient = try Retrying(tries: nil, within: .seconds(60), window: 8)
///
/// The first try waits for ``timeouts``'s first time-out, or for what earlier answers of this peer say that one takes
/// (RFC 6298, section 2); each further one twice as long, up to the longest. The time-out is doubled for each question
/// by itself and begins anew with the next one. Answers to repeated questions are no sample (Karn's rule).
public struct Retrying: Sendable, Hashable {
    /// How often the question is asked at most, the first time included; nil for as often as there is time.
    public let tries: Int?
    /// The time for all of it, waiting for a place in the window included; nil for as long as the tries take.
    public let deadline: Duration?
    /// So many questions are under way to one peer at once, of all tasks; the others wait in the order of their calls.
    /// 1 is stop-and-wait.
    public let window: Int
    public let timeouts: TimeoutSettings

    /// Five tries of one question at a time, waiting for 1 s at first and at most 10 s: 25 s in all where nothing
    /// comes.
    public static let usual = Retrying(unchecked: 5, nil, 1, .questions)

    /// - Parameters:
    ///   - tries: 1 to 1,000,000; nil only with a time.
    ///   - time: 1 ms to a day.
    ///   - window: 1 to 1,024, and what the number has room for: 64 with numbers of 8 bits.
    ///   - timeouts: the first time-out, the shortest and the longest.
    /// - Throws: `FlowError`, which says what is possible.
    public init(
        tries: Int? = 5,
        within time: Duration? = nil,
        window: Int = 1,
        timeouts: TimeoutSettings = .questions
    ) throws(FlowError) {
        guard tries != nil || time != nil else { throw .unlimited(.tries, .tryTime) }
        if let tries, !Self.triesRange.contains(tries) {
            throw .outOfRange(.tries, tries, allowed: Self.triesRange)
        }
        if let time, !Self.timeRange.contains(time) {
            throw .timeOutOfRange(.tryTime, time, allowed: Self.timeRange)
        }
        guard Self.windowRange.contains(window) else {
            throw .outOfRange(.windowCount, window, allowed: Self.windowRange)
        }
        self.init(unchecked: tries, time, window, timeouts)
    }

    private init(unchecked tries: Int?, _ deadline: Duration?, _ window: Int, _ timeouts: TimeoutSettings) {
        self.tries = tries
        self.deadline = deadline
        self.window = window
        self.timeouts = timeouts
    }

    /// What is left of its time.
    func left(after elapsed: Duration) -> Retrying {
        Retrying(unchecked: tries, deadline.map { max(.zero, $0 - elapsed) }, window, timeouts)
    }

    package static let triesRange = 1...1_000_000
    package static let windowRange = 1...1024
    package static let timeRange = Duration.milliseconds(1)...Duration.seconds(86_400)
}
