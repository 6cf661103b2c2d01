package import ParleyTypes

/// Keeps services that answer every datagram from answering each other for ever, once a stranger has introduced
/// them by a forged sender.
///
/// Seen from one datagram, a service that sends back what comes and a client that asks the same again as soon as
/// it has its answer are the same. What tells them apart is whether the peer answers somebody that it never
/// asked: after some hundred repetitions in a row the guard wants it tried, by an answer from another port. A
/// client does not react to it. Whoever does is a service: from then on what it repeats is not answered, and the
/// loop is over. What it says for the first time still is, so a stranger who forges it gets one answer a
/// datagram.
///
/// Pure: it neither sends nor looks at a clock, and holds the same memory however many peers there are (about
/// 200 KiB). Strangers can make it forget peers only as fast as their own datagrams come, so each forged datagram
/// costs a bounded number of answers.
package struct AnswerGuard: Sendable {
    /// What to do with one answer.
    package enum Verdict: Sendable, Hashable {
        /// Send it.
        case answer
        /// Send it, and once more from another port; tell ``noteAnswer(from:at:)`` what comes there.
        case answerAndTry
        /// Send nothing. `isNews`: for the first time to this peer.
        case leaveOut(isNews: Bool)
    }

    /// What repeats itself within this time may belong to a loop: longer than any way there and back.
    package static let repetitionMax = Duration.seconds(1)
    /// A peer is tried after so many repetitions in a row, and whenever their number has doubled.
    package static let repetitionsUntilTried = 256
    /// One answer in so many to a peer that repeats itself is left out though it did not react: a loop whose
    /// other side lets nothing in from another port ends at it, a client sees a datagram lost.
    package static let repetitionsMax = 1 << 20
    /// How long a peer that was found to be a service is taken for one after it repeated itself last.
    package static let memory = Duration.seconds(60)

    /// What was said to and by peers of late, by a hash: 1 and some bits of it, and when, in milliseconds.
    private var marks: [UInt64]
    private var peers: [Peer]
    /// Bits that decide who stays where too many are remembered at one place: chosen by any rule, those who come
    /// in the right order would always have pushed each other out before they come again.
    private var chance: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static let marksCount = 1 << 14
    private static let setsCount = 256
    private static let ways = 4
    /// Bytes that are looked at; the number of all counts as well.
    private static let hashedBytesMax = 256

    private struct Peer {
        /// A hash of its address, 0 for nobody.
        var key: UInt64 = 0
        /// When it repeated itself last.
        var last = MonotonicInstant(nanoseconds: .min)
        var repetitions = 0
        var triedAt = MonotonicInstant(nanoseconds: .min)
        var isService = false
        var isToldOf = false
    }

    package init() {
        marks = [UInt64](repeating: 0, count: Self.marksCount)
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
        let asked = Self.hash(question, key)
        let verdict = isMarked(asked, now) ? judgeRepetition(key, now) : .answer
        if case .leaveOut = verdict { return verdict }
        mark(asked, now)
        if answer != question { mark(Self.hash(answer, key), now) }
        return verdict
    }

    /// Takes note that something came from `peer` to the port that it was tried from.
    package mutating func noteAnswer(from peer: SocketAddress, at now: MonotonicInstant) {
        let key = Self.key(peer)
        guard let index = place(of: key), peers[index].triedAt.advanced(by: Self.repetitionMax) > now else {
            return
        }
        peers[index].isService = true
    }

    private mutating func judgeRepetition(_ key: UInt64, _ now: MonotonicInstant) -> Verdict {
        let index = place(of: key) ?? newPlace(key, now)
        let pause = peers[index].last.duration(to: now)
        peers[index].last = now
        if peers[index].isService {
            guard pause > Self.memory else {
                defer { peers[index].isToldOf = true }
                return .leaveOut(isNews: !peers[index].isToldOf)
            }
            peers[index] = Peer(key: key, last: now)
        }
        if pause > Self.repetitionMax { peers[index].repetitions = 0 }
        peers[index].repetitions += 1
        let count = peers[index].repetitions
        if count >= Self.repetitionsMax {
            peers[index].repetitions = 0
            defer { peers[index].isToldOf = true }
            return .leaveOut(isNews: !peers[index].isToldOf)
        }
        guard count >= Self.repetitionsUntilTried, count & (count - 1) == 0 else { return .answer }
        peers[index].triedAt = now
        return .answerAndTry
    }

    // MARK: Tables

    private func place(of key: UInt64) -> Int? {
        let first = Self.firstPlace(key)
        for index in first..<first + Self.ways where peers[index].key == key { return index }
        return nil
    }

    /// A place for a peer that has none: that of whoever was silent longest among those who share it, services
    /// last.
    private mutating func newPlace(_ key: UInt64, _ now: MonotonicInstant) -> Int {
        let first = Self.firstPlace(key)
        var chosen = first
        for index in first..<first + Self.ways {
            let (peer, worst) = (peers[index], peers[chosen])
            let isKept = peer.isService && peer.last.duration(to: now) <= Self.memory
            let isWorstKept = worst.isService && worst.last.duration(to: now) <= Self.memory
            if isKept != isWorstKept ? isWorstKept : peer.last < worst.last { chosen = index }
        }
        peers[chosen] = Peer(key: key, last: now)
        return chosen
    }

    private static func firstPlace(_ key: UInt64) -> Int { Int(key % UInt64(setsCount)) * ways }

    private static func places(_ hash: UInt64) -> Range<Int> {
        let first = Int(hash % UInt64(marksCount / ways)) * ways
        return first..<first + ways
    }

    private func isFresh(_ mark: UInt64, _ now: MonotonicInstant) -> Bool {
        let age = Self.milliseconds(now) &- UInt32(truncatingIfNeeded: mark)
        return mark != 0 && age <= UInt32(Self.repetitionMax / .milliseconds(1))
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
        chance ^= chance << 13
        chance ^= chance >> 7
        chance ^= chance << 17
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
