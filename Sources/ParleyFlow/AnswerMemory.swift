public import ParleyTypes

/// What an answering side remembers, so that a question which comes again is answered again and not run again: the
/// other half of stop-and-wait with numbers.
///
/// ```swift
/// var memory = AnswerMemory<SocketAddress>(.usual)
/// switch memory.receive(number, ofBits: 16, saying: digest, from: peer, at: now) {
/// case .new(let question):
///     let answer = run(bytes)
///     memory.keep(answer, for: question, of: peer, at: now)
///     send(answer, to: peer)
/// case .repeated(let answer?): send(answer, to: peer)
/// case .repeated(nil), .running, .forgotten, .refused: break
/// }
/// ```
///
/// A question is known by its peer, its number and a digest of its bytes. Numbers are serial (they wrap): of each peer
/// the latest 65,536 (half of all for 8 and 16 bits) are known to have been asked or not, by a bit each; the answers
/// of the latest ``AnswerLimits/answersMax`` are kept. So a question is run at most once for as long as its peer is
/// remembered, whatever the network doubles, delays and reorders, and however many others come in between.
///
/// A peer that begins anew at the same address, with numbers of its own, is told from one that repeats: by a number
/// far from the last one, or by other bytes under a number that is kept. It is not told where it asks the same bytes
/// under a number that is still kept: so whoever asks should begin at a random number.
///
/// Bounded by ``AnswerLimits``. What was new when there was no room is refused, not run, and asked again by its peer;
/// what is young stays.
public struct AnswerMemory<Peer: Hashable & Sendable>: Sendable {
    /// A question that is to be run: what its answer is kept by.
    public struct Question: Sendable, Hashable {
        let life: UInt64
        let number: Int64
    }

    /// What a question is.
    public enum Verdict: Sendable, Hashable {
        /// Not asked before: run it, and ``AnswerMemory/keep(_:for:of:)`` its answer.
        case new(Question)
        /// Asked before, with this answer; nil where it had none.
        case repeated([UInt8]?)
        /// It is being answered.
        case running
        /// Asked before, and its answer is kept no more.
        case forgotten
        /// There is no room to remember it.
        case refused
    }

    public let limits: AnswerLimits
    private let time: Int64
    private var peers: [Peer: AnswerPeer] = [:]
    /// Those peers in the order in which they are looked at, and since when.
    private var aging = AgingQueue<Peer>()
    private var lastLife: UInt64 = 0
    /// Bytes of answers, and of what is noted beside them.
    public private(set) var bytes = 0
    /// Questions that came again.
    public private(set) var repeatedCount: UInt64 = 0
    /// Questions for which there was no room.
    public private(set) var refusedCount: UInt64 = 0
    /// Peers that are remembered.
    public var peerCount: Int { peers.count }

    public init(_ limits: AnswerLimits = .usual) {
        self.limits = limits
        time = limits.time.clampedNanoseconds
    }

    /// A question came.
    ///
    /// - Parameters:
    ///   - number: its low `bits` count.
    ///   - bits: how wide numbers are, 8 to 64.
    ///   - digest: of all of its bytes, the number's or not: ``QuestionDigest``.
    public mutating func receive(
        _ number: UInt64,
        ofBits bits: Int,
        saying digest: UInt64,
        from peer: Peer,
        at now: MonotonicInstant
    ) -> Verdict {
        let now = now.nanoseconds
        let time = time
        forgetOld(at: now)
        if peers[peer] == nil {
            guard peers.count < limits.peersMax, bytes < limits.bytesMax else {
                refusedCount += 1
                return .refused
            }
            peers[peer] = AnswerPeer(at: now)
            aging.append(peer, at: now)
        }
        let finding = change(peer) { $0.find(number, ofBits: bits, saying: digest, at: now, time) }
        guard case .new(let life) = finding else {
            repeatedCount += 1
            return switch finding {
            case .kept(let answer): .repeated(answer)
            case .running: .running
            default: .forgotten
            }
        }
        // Only where that makes room: what is young stays.
        if bytes >= limits.bytesMax, bytes - peers[peer]!.answerBytes / 2 < limits.bytesMax {
            change(peer) { $0.forgetSome() }
        }
        let limits = limits
        let id = life ?? lastLife + 1
        if bytes < limits.bytesMax,
            let opened = change(
                peer,
                { $0.open(number, ofBits: bits, saying: digest, in: id, at: now, limits) }
            )
        {
            lastLife = max(lastLife, id)
            return .new(Question(life: id, number: opened))
        }
        refusedCount += 1
        return .refused
    }

    /// Changes what is known of a peer that is there, and counts its bytes.
    private mutating func change<Result>(_ peer: Peer, _ body: (inout AnswerPeer) -> Result) -> Result {
        let before = peers[peer]!.bytes
        let result = body(&peers[peer]!)
        bytes += peers[peer]!.bytes - before
        return result
    }

    /// A question was run.
    ///
    /// - Parameter answer: the bytes that its peer gets, nil for none: then it gets none for a repeated question
    ///   either.
    public mutating func keep(
        _ answer: [UInt8]?,
        for question: Question,
        of peer: Peer,
        at now: MonotonicInstant
    ) {
        guard peers[peer] != nil else { return }
        let now = now.nanoseconds
        let (limits, room) = (limits, max(0, limits.bytesMax - bytes))
        change(peer) { $0.keep(answer, for: question.number, in: question.life, at: now, limits, room: room) }
    }

    /// A question was not run after all: when it comes again it is new.
    public mutating func withdraw(_ question: Question, of peer: Peer) {
        guard peers[peer] != nil else { return }
        change(peer) { $0.withdraw(question.number, in: question.life) }
    }

    /// Looks at a few peers each time, so that no call takes long.
    private mutating func forgetOld(at now: Int64) {
        for _ in 0..<2 {
            guard let oldest = aging.first, now.subtractingSaturated(oldest.since) >= time else { return }
            aging.removeFirst()
            guard let peer = peers[oldest.key] else { continue }
            if now.subtractingSaturated(peer.lastActivity) >= time, peer.running == 0 {
                bytes -= peer.bytes
                peers[oldest.key] = nil
            } else {
                aging.append(oldest.key, at: peer.running > 0 ? now : peer.lastActivity)
            }
        }
    }
}

/// Keys in the order in which they are to be looked at.
struct AgingQueue<Key: Sendable>: Sendable {
    private var entries: [(key: Key, since: Int64)] = []
    private var head = 0

    var first: (key: Key, since: Int64)? { head < entries.count ? entries[head] : nil }

    mutating func append(_ key: Key, at now: Int64) {
        entries.append((key, now))
    }

    mutating func removeFirst() {
        head += 1
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
