/// What one end of a connection has been seen to do.
struct TCPEnd: Sendable, Hashable {
    /// The number of its SYN, or one before its first byte that was seen.
    private(set) var base: SequenceNumber?
    private(set) var hasSentSYN = false
    /// What comes next after all that it has sent, in bytes from `base`.
    private(set) var next = 0
    /// What it has told the other end that it expects, in bytes from the other's base; nil before the first ACK.
    var acknowledged: Int?
    /// The place of its FIN, and whether it had seen the other's when it sent it.
    private(set) var fin: Int?
    private(set) var finAnswersFIN = false
    /// How much it takes, not yet scaled.
    var window: UInt16?
    var windowScale: UInt8?
    var duplicateACKs = 0
    var isReset = false
    /// What it has left out so far, in rising order.
    private var holes: [Range<Int>] = []

    /// More holes than this are not told apart: then what fills one counts as a retransmission.
    private static let holesMax = 32

    /// Where the stream stands that begins with this number.
    mutating func begin(_ number: SequenceNumber, isSYN: Bool) {
        self = TCPEnd()
        base = isSYN ? number : number.advanced(by: -1)
        hasSentSYN = isSYN
        next = isSYN ? 0 : 1
    }

    /// A number as bytes from the base; numbers wrap, this does not.
    func place(_ number: SequenceNumber, near place: Int) -> Int {
        guard let base else { return 0 }
        return place + base.advanced(by: place).distance(to: number)
    }

    /// Bytes, a SYN or a FIN of this end.
    mutating func send(_ range: Range<Int>) -> TCPRemark? {
        guard !range.isEmpty else { return nil }
        if range.lowerBound > next {
            let gap = range.lowerBound - next
            if holes.count < Self.holesMax { holes.append(next..<range.lowerBound) }
            next = range.upperBound
            return .gap(gap)
        }
        if range.lowerBound == next {
            next = range.upperBound
            return nil
        }
        let isFilling = fill(range)
        next = max(next, range.upperBound)
        return isFilling ? .outOfOrder : .retransmission
    }

    mutating func finish(at place: Int, answersFIN: Bool) {
        guard fin == nil else { return }
        fin = place
        finAnswersFIN = answersFIN
    }

    private mutating func fill(_ range: Range<Int>) -> Bool {
        guard let index = holes.firstIndex(where: { $0.overlaps(range) }) else { return false }
        let hole = holes.remove(at: index)
        var rest: [Range<Int>] = []
        if hole.lowerBound < range.lowerBound { rest.append(hole.lowerBound..<range.lowerBound) }
        if range.upperBound < hole.upperBound { rest.append(range.upperBound..<hole.upperBound) }
        holes.insert(contentsOf: rest.prefix(max(0, Self.holesMax - holes.count)), at: index)
        return true
    }

    /// Its state, given what the other end has sent and acknowledged.
    func state(facing other: TCPEnd) -> TCPState {
        if isReset { return .closed }
        guard base != nil else { return .unknown }
        let reached = other.acknowledged ?? 0
        if hasSentSYN {
            if other.base == nil { return .synSent }
            if reached < 1, fin == nil { return .synReceived }
        }
        let isFINAcknowledged = fin.map { reached > $0 } ?? false
        switch (fin, other.fin) {
        case (nil, nil): return .established
        case (nil, _?): return .closeWait
        case (_?, nil): return isFINAcknowledged ? .finWait2 : .finWait1
        case (_?, _?):
            if finAnswersFIN { return isFINAcknowledged ? .closed : .lastAck }
            return isFINAcknowledged ? .timeWait : .closing
        }
    }
}
