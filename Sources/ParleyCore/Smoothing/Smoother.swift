internal import ParleyFlow
internal import ParleyTypes
internal import ParleyWire

/// Holds the letters of a smoothed reader until their times: a jitter buffer for each sender.
struct Smoother<Inbound: Message>: Sendable {
    private struct Stream: Sendable {
        var sender: SocketAddress
        var times = SenderTimes()
        var buffer: JitterBuffer<Letter<Inbound>>
        var jitter: JitterEstimator
        var heardAt: MonotonicInstant
    }

    private let delay: PlayoutDelay
    private let playsLate: Bool
    private let lettersMax: Int
    private let bytesMax: Int
    private let sendersMax: Int
    /// By their first letters; few.
    private var streams: [Stream] = []
    /// What does not say when it was sent.
    private var untimed = FIFO<(letter: Letter<Inbound>, size: Int)>()
    /// Whether the last one that was handed out had no time: then one that is due comes first.
    private var wasUntimed = false
    private var counts = SmoothingReport()
    private var bytes = 0
    private var lettersSinceLook = 0

    /// After so many letters the reader looks at what has come meanwhile.
    private static var turnMax: Int { 64 }

    /// A sender that was silent for so long gives its place to another one.
    private static var silenceMax: Duration { .seconds(10) }

    init(
        delay: PlayoutDelay,
        playsLate: Bool,
        lettersMax: Int,
        bytesMax: Int,
        sendersMax: Int
    ) throws(FlowError) {
        guard (1...1024).contains(sendersMax) else {
            throw .outOfRange(.senderCount, sendersMax, allowed: 1...1024)
        }
        // Says what is wrong with the others.
        _ = try JitterBuffer<Int>(
            delay: delay,
            playsLate: playsLate,
            countMax: lettersMax,
            bytesMax: bytesMax
        )
        self.delay = delay
        self.playsLate = playsLate
        self.lettersMax = lettersMax
        self.bytesMax = bytesMax
        self.sendersMax = sendersMax
    }

    /// A letter came.
    ///
    /// - Parameters:
    ///   - marks: what it says of its time.
    ///   - size: its bytes.
    mutating func receive(
        _ letter: Letter<Inbound>,
        _ marks: PlayoutMarks,
        size: Int,
        at now: MonotonicInstant
    ) {
        guard let place = place(of: letter.sender, at: now) else {
            counts.refused += 1
            return
        }
        streams[place].heardAt = now
        guard let (sentAt, number) = streams[place].times.read(marks) else {
            return hold(untimed: letter, size)
        }
        guard waiting < lettersMax, size <= bytesMax - min(bytesMax, bytes) else {
            counts.refused += 1
            return
        }
        let restarts = streams[place].buffer.restarts
        let before = streams[place].buffer.bytes
        let verdict = streams[place].buffer.receive(
            letter,
            sentAt: sentAt,
            number: number,
            bytes: size,
            at: now
        )
        bytes += streams[place].buffer.bytes - before
        switch verdict {
        case .kept: break
        case .late: counts.late += 1
        case .duplicate:
            counts.duplicates += 1
            return
        case .noRoom: counts.refused += 1
        }
        if streams[place].buffer.restarts > restarts {
            counts.restarts += 1
            streams[place].jitter = Self.jitter
        }
        streams[place].jitter.receive(stamp: UInt32(truncatingIfNeeded: sentAt.nanoseconds), at: now)
    }

    private mutating func hold(untimed letter: Letter<Inbound>, _ size: Int) {
        guard waiting < lettersMax, size <= bytesMax - min(bytesMax, bytes) else {
            counts.refused += 1
            return
        }
        counts.untimed += 1
        bytes += size
        untimed.append((letter, size))
    }

    /// The next letter whose time has come.
    mutating func next(at now: MonotonicInstant) -> PlayedLetter<Inbound>? {
        let played = nextDue(at: now)
        if played != nil { lettersSinceLook += 1 }
        return played
    }

    /// Whether so many letters were handed out that it is time to look at what has come meanwhile.
    mutating func takeTurn() -> Bool {
        guard lettersSinceLook >= Self.turnMax else { return false }
        lettersSinceLook = 0
        return true
    }

    private mutating func nextDue(at now: MonotonicInstant) -> PlayedLetter<Inbound>? {
        // In turn: neither who says no time nor who is due keeps the other waiting.
        let place = earliest().flatMap { place in
            streams[place].buffer.nextDeadline.flatMap { $0 <= now ? place : nil }
        }
        wasUntimed = !untimed.isEmpty && (place == nil || !wasUntimed)
        if wasUntimed, let (letter, size) = untimed.popFirst() {
            bytes -= size
            counts.played += 1
            return PlayedLetter(letter: letter, isLate: false)
        }
        guard let place else { return nil }
        let before = streams[place].buffer.bytes
        guard let played = streams[place].buffer.next(at: now) else { return nil }
        bytes -= before - streams[place].buffer.bytes
        counts.played += 1
        return PlayedLetter(letter: played.element, isLate: played.isLate)
    }

    /// What is held is due at once.
    mutating func release() {
        for place in streams.indices { streams[place].buffer.release() }
    }

    /// When ``next(at:)`` has something, as far as is known; nil while nothing waits.
    var nextDeadline: MonotonicInstant? { earliest().flatMap { streams[$0].buffer.nextDeadline } }

    /// The stream that plays next.
    private func earliest() -> Int? {
        var found: (place: Int, time: MonotonicInstant)?
        for place in streams.indices {
            guard let time = streams[place].buffer.nextDeadline, time < found?.time ?? .distantFuture else {
                continue
            }
            found = (place, time)
        }
        return found?.place
    }

    private var waiting: Int { streams.reduce(untimed.count) { $0 + $1.buffer.count } }

    var report: SmoothingReport {
        var report = counts
        report.waiting = waiting
        report.jitter = streams.reduce(.zero) { max($0, $1.jitter.time) }
        report.delay = streams.reduce(.zero) { max($0, $1.buffer.currentDelay) }
        return report
    }

    /// The sender's place, perhaps a new one; nil if all are taken by senders that were heard of lately.
    private mutating func place(of sender: SocketAddress, at now: MonotonicInstant) -> Int? {
        if let place = streams.firstIndex(where: { $0.sender == sender }) { return place }
        guard streams.count == sendersMax else {
            guard let buffer = try? makeBuffer() else { return nil }
            streams.append(Stream(sender: sender, buffer: buffer, jitter: Self.jitter, heardAt: now))
            return streams.count - 1
        }
        let silent = streams.indices.filter {
            streams[$0].buffer.count == 0 && streams[$0].heardAt.duration(to: now) >= Self.silenceMax
        }
        guard let oldest = silent.min(by: { streams[$0].heardAt < streams[$1].heardAt }),
            let buffer = try? makeBuffer()
        else { return nil }
        streams[oldest] = Stream(sender: sender, buffer: buffer, jitter: Self.jitter, heardAt: now)
        return oldest
    }

    private func makeBuffer() throws(FlowError) -> JitterBuffer<Letter<Inbound>> {
        try JitterBuffer(delay: delay, playsLate: playsLate, countMax: lettersMax, bytesMax: bytesMax)
    }

    private static var jitter: JitterEstimator { .nanoseconds }
}
