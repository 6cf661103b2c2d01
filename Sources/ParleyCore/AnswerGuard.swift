package import ParleyTypes

/// Keeps services that answer every datagram from answering each other for ever, once a stranger has introduced
/// them by a forged sender.
///
/// Seen from one datagram, a service that answers what comes and a client that asks again as soon as it has its
/// answer are the same, whatever they say. What tells them apart is whether the peer answers somebody that it
/// never asked: after some hundred datagrams in a row that came soon after our answers the guard wants it tried,
/// by an answer from a port of its own. A client does not react to it. Whoever does is taken for a service for a
/// while: what it sends soon after an answer is not answered, and the loop is over. That is at most one answer a
/// second.
///
/// A stranger may forge the answer to a trial, if he meets its port within its second: that is why it is forgotten
/// after a fixed time, and why a trial's port is nobody else's.
///
/// Pure: it neither sends nor looks at a clock, and holds the same memory however many peers there are (less
/// than 400 KiB). Strangers can make it forget peers only as fast as their own datagrams come, so each forged datagram
/// costs a bounded number of answers.
package struct AnswerGuard: Sendable {
    /// What to do with one answer.
    package enum Verdict: Sendable, Hashable {
        /// Send it.
        case answer
        /// Send it, and once more from a fresh port; tell ``noteAnswer(from:at:)`` if the peer writes there.
        case answerAndTry
        /// Send nothing, the peer is a service. `isNews`: for the first time to this peer.
        case leaveOut(isNews: Bool)
        /// Send nothing this time, in case it is a loop whose other side could not be tried.
        case leaveOutOne
    }

    /// What comes within this time of our last answer may be an answer to it: longer than any way there and back.
    package static let promptMax = Duration.seconds(1)
    /// A peer is tried after so many prompt datagrams in a row, and whenever their number has doubled.
    package static let datagramsUntilTried = 256
    /// One answer in so many to a peer that is always prompt is left out though it did not react: a loop whose
    /// other side lets nothing in from another port ends at it, a client sees a datagram lost.
    package static let datagramsMax = 1 << 20
    /// How long an answer to a trial counts, whatever the peer does then.
    package static let trialMax = Duration.seconds(1)
    /// How long a peer that was found to be a service is taken for one; then it has to be tried again.
    package static let memory = Duration.seconds(10)

    private var peers: [Peer]
    /// What was said to and by peers of late, by a hash: 1 and some bits of it, and when, in milliseconds. Empty
    /// where it does not matter what peers say.
    private var marks: [UInt64] = []
    /// Bits that decide who stays where too many are remembered at one place: chosen by any rule, those who come
    /// in the right order would always have pushed each other out before they come again.
    private var chance: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static let setsCount = 1024
    private static let ways = 4
    /// One newcomer in so many takes the place of somebody who was answered of late.
    private static let newcomersPerPlace: UInt64 = 64

    private static let marksCount = 1 << 14
    /// Bytes that are looked at; the number of all counts as well.
    private static let hashedBytesMax = 256

    private static let never = MonotonicInstant(nanoseconds: .min)

    private struct Peer {
        /// A hash of its address, 0 for nobody.
        var key: UInt64 = 0
        /// When it was answered last.
        var answeredAt = AnswerGuard.never
        /// What came promptly in a row.
        var count: Int32 = 0
        var isToldOf = false
        var triedAt = AnswerGuard.never
        /// When it was found to be a service.
        var foundAt = AnswerGuard.never

        func isPrompt(_ now: MonotonicInstant) -> Bool { answeredAt.advanced(by: promptMax) >= now }
        func isService(_ now: MonotonicInstant) -> Bool { foundAt.advanced(by: memory) > now }
    }

    /// - Parameter countsOnlyRepetitions: for transports on which no sender can be forged and clients may rely on
    ///   every datagram being the next answer: they are tried only if they repeat themselves, when one answer more
    ///   is the same answer.
    package init(countsOnlyRepetitions: Bool = false) {
        if countsOnlyRepetitions { marks = [UInt64](repeating: 0, count: Self.marksCount) }
        peers = [Peer](repeating: Peer(), count: Self.setsCount * Self.ways)
    }

    /// Judges the answer to one datagram, in a bounded number of steps and without allocation.
    package mutating func judge(
        _ answer: [UInt8],
        to question: [UInt8],
        from peer: SocketAddress,
        at now: MonotonicInstant
    ) -> Verdict {
        let key = Self.key(peer)
        guard let index = place(key, now) else { return .answer }
        let isPrompt = peers[index].isPrompt(now)
        if isPrompt, peers[index].isService(now) {
            // The last answer's time stays: who is taken for a service wrongly gets one in a while.
            defer { peers[index].isToldOf = true }
            return .leaveOut(isNews: !peers[index].isToldOf)
        }
        peers[index].answeredAt = now
        if !isPrompt { peers[index].count = 0 }
        let counts = marks.isEmpty ? isPrompt : isRepetition(answer, to: question, key, now)
        guard counts else { return .answer }
        peers[index].count += 1
        let count = Int(peers[index].count)
        if count >= Self.datagramsMax {
            peers[index].count = 0
            return .leaveOutOne
        }
        guard count >= Self.datagramsUntilTried, count & (count - 1) == 0 else { return .answer }
        peers[index].triedAt = now
        return .answerAndTry
    }

    /// Whether the question was asked of late, or was an answer; remembers both.
    private mutating func isRepetition(
        _ answer: [UInt8],
        to question: [UInt8],
        _ key: UInt64,
        _ now: MonotonicInstant
    ) -> Bool {
        let asked = Self.hash(question, key)
        defer {
            mark(asked, now)
            if answer != question { mark(Self.hash(answer, key), now) }
        }
        return isMarked(asked, now)
    }

    /// Takes note that something came from `peer` to the port that it was tried from. One trial counts once.
    package mutating func noteAnswer(from peer: SocketAddress, at now: MonotonicInstant) {
        guard let index = known(Self.key(peer)), peers[index].triedAt.advanced(by: Self.trialMax) > now else {
            return
        }
        peers[index].triedAt = Self.never
        peers[index].foundAt = now
        peers[index].count = 0
    }

    // MARK: Table

    private func known(_ key: UInt64) -> Int? {
        let first = Self.firstPlace(key)
        for index in first..<first + Self.ways where peers[index].key == key { return index }
        return nil
    }

    /// The peer's place: its own, or that of somebody who was not answered of late, or by chance that of another;
    /// never a service's.
    private mutating func place(_ key: UInt64, _ now: MonotonicInstant) -> Int? {
        if let index = known(key) { return index }
        let first = Self.firstPlace(key)
        for index in first..<first + Self.ways
        where !peers[index].isPrompt(now) && !peers[index].isService(now) {
            peers[index] = Peer(key: key)
            return index
        }
        toss()
        guard chance % Self.newcomersPerPlace == 0 else { return nil }
        let chosen = first + Int(chance >> 32) % Self.ways
        guard !peers[chosen].isService(now) else { return nil }
        peers[chosen] = Peer(key: key)
        return chosen
    }

    private static func firstPlace(_ key: UInt64) -> Int { Int(key % UInt64(setsCount)) * ways }

    private mutating func toss() {
        chance ^= chance << 13
        chance ^= chance >> 7
        chance ^= chance << 17
    }

    // MARK: Repetitions

    private static func places(_ hash: UInt64) -> Range<Int> {
        let first = Int(hash % UInt64(marksCount / ways)) * ways
        return first..<first + ways
    }

    private func isFresh(_ mark: UInt64, _ now: MonotonicInstant) -> Bool {
        let age = Self.milliseconds(now) &- UInt32(truncatingIfNeeded: mark)
        return mark != 0 && age <= UInt32(Self.promptMax / .milliseconds(1))
    }

    private func isMarked(_ hash: UInt64, _ now: MonotonicInstant) -> Bool {
        for index in Self.places(hash) where marks[index] >> 32 == Self.tag(hash) {
            return isFresh(marks[index], now)
        }
        return false
    }

    private mutating func mark(_ hash: UInt64, _ now: MonotonicInstant) {
        let places = Self.places(hash)
        let mark = Self.tag(hash) << 32 | UInt64(Self.milliseconds(now))
        var free: Int?
        for index in places {
            if marks[index] >> 32 == Self.tag(hash) {
                marks[index] = mark
                return
            }
            if free == nil, !isFresh(marks[index], now) { free = index }
        }
        if let free {
            marks[free] = mark
            return
        }
        toss()
        // Every second one stays away.
        if chance & 1 == 0 { marks[places.lowerBound + Int(chance >> 32) % Self.ways] = mark }
    }

    private static func tag(_ hash: UInt64) -> UInt64 { hash >> 32 | 1 }

    private static func milliseconds(_ now: MonotonicInstant) -> UInt32 {
        UInt32(truncatingIfNeeded: now.nanoseconds / 1_000_000)
    }

    private static func key(_ peer: SocketAddress) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(peer)
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1 << 63
    }

    private static func hash(_ bytes: [UInt8], _ key: UInt64) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(bytes.count)
        unsafe bytes.withUnsafeBytes {
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0.prefix(hashedBytesMax)))
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
