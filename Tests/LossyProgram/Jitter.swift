// swift-format-ignore-file
// docs/lossy-networks.md, jitter. Tests/TidyTests finds each block of the page here.

import Parley
import ParleyFlow
import ParleySimulation

@WireMessage
struct Frame {
    var number: UInt16
    var sound: [UInt8] = Array(packet.prefix(160))
}

/// 500 frames, one every 20 ms.
func speak() async throws {
    let outbox = try await Mailbox(Frame.self, at: .udp)
    outbox.sendRate = try .messages(50)
    for number in 0..<500 as Range<UInt16> { try await outbox.send(Frame(number: number), to: "listener:5004") }
}

/// When frames came, and the jitter of RFC 3550: at most, and at the end.
func listen() async throws -> (times: [MonotonicInstant], most: Duration, last: Duration) {
    let inbox = try await Mailbox(Frame.self, at: .udp(port: 5004))
    var jitter = JitterEstimator.nanoseconds
    var most = Duration.zero
    var times: [MonotonicInstant] = []
    while let frame = try await next(inbox) {
        let now = NetworkEnvironment.now
        jitter.receive(stamp: UInt32(truncatingIfNeeded: Int(frame.number) * 20_000_000), at: now)
        most = max(most, jitter.time)
        times.append(now)
    }
    return (times, most, jitter.time)
}

/// The next frame; nil where none has come for a second.
func next(_ inbox: Mailbox<Frame, Frame>) async throws -> Frame? {
    do { return try await inbox.next(timeout: .seconds(1))?.message } catch ParleyError.timedOut { return nil }
}

/// When frames are played that are held until their time, and what became of the others.
func listenSmoothly(_ delay: PlayoutDelay) async throws -> (times: [MonotonicInstant], report: SmoothingReport) {
    let inbox = try await Mailbox(Frame.self, at: .udp(port: 5004))
    let smoothed = try inbox.smoothed(by: .number(\.number, every: .milliseconds(20)), delay: delay)
    async let end: Void = NetworkEnvironment.sleep(for: .seconds(12))
    async let played = times(of: smoothed)
    try await end
    inbox.close()
    return (try await played, smoothed.report)
}

func times(of smoothed: Mailbox<Frame, Frame>.Smoothed) async throws -> [MonotonicInstant] {
    var times: [MonotonicInstant] = []
    for try await _ in smoothed { times.append(NetworkEnvironment.now) }
    return times
}

/// What frames meet on their way: what is late of all of them, of one, of each, and of few.
let ways: [(name: String, conditions: LinkConditions, clogs: Bool)] = {
    let (floor, far) = (Duration.milliseconds(30), Duration.milliseconds(200))
    let each = Delay(floor: floor, adding: .uniform(width: .milliseconds(20)))
    let spells = BadSpells(meanGood: .seconds(2), meanBad: .milliseconds(60), addedDelay: .milliseconds(100))
    return [
        ("all 200 ms late", LinkConditions(delay: .constant(far)), false),
        ("one 100 ms late", LinkConditions(delay: .constant(floor)), true),
        ("each 0 to 20 ms late", LinkConditions(delay: each), false),
        ("few 100 ms late", LinkConditions(delay: .constant(floor), spells: spells), false),
    ]
}()

/// Sends the frames over such a way to such a listener.
func hear<Heard: Sendable>(
    _ way: (name: String, conditions: LinkConditions, clogs: Bool),
    _ listen: @escaping @Sendable () async throws -> Heard
) async throws -> Heard {
    try await SimulatedNetwork(seed: 2) { network in
        let (speaker, listener) = (network.host("speaker"), network.host("listener"))
        let link = network.link(from: speaker, to: listener)
        link.conditions = way.conditions
        speaker.start { try await speak() }
        if way.clogs {
            speaker.start {
                try await NetworkEnvironment.sleep(for: .seconds(5))
                link.clog(for: .milliseconds(100))
            }
        }
        return try await listener.run(listen)
    }
}

/// The time from frame to frame, from the shortest to the longest, in milliseconds.
func gaps(_ times: [MonotonicInstant]) -> [Double] {
    zip(times, times.dropFirst()).map { $0.duration(to: $1).inMilliseconds }.sorted()
}

func jitter() async throws {
    var table = Table("way", "J at most ms", "at the end", "least gap ms", "median", "95 %", "99 %", "longest")
    for way in ways {
        let (times, most, last) = try await hear(way) { try await listen() }
        let gaps = gaps(times)
        let percentiles = [50, 95, 99].map { gaps[gaps.count * $0 / 100].digits(1) }
        table.add(
            way.name, most.inMilliseconds.digits(2), last.inMilliseconds.digits(2), gaps[0].digits(1), percentiles[0],
            percentiles[1], percentiles[2], gaps[gaps.count - 1].digits(1)
        )
    }
    table.show()
}

func smoothed() async throws {
    var table = Table("way", "held", "played", "late", "least gap ms", "99 %", "longest")
    let delays: [(name: String, delay: PlayoutDelay)] = [
        ("20 ms", .fixed(.milliseconds(20))), ("100 ms", .fixed(.milliseconds(100))), ("as needed", .adaptive()),
    ]
    for way in ways {
        for (name, delay) in delays {
            let (times, report) = try await hear(way) { try await listenSmoothly(delay) }
            let gaps = gaps(times)
            table.add(
                way.name, name, "\(report.played)", "\(report.late)", gaps[0].digits(1),
                gaps[gaps.count * 99 / 100].digits(1), gaps[gaps.count - 1].digits(1)
            )
        }
    }
    table.show()
}
