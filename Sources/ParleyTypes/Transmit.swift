/// Datagrams that leave together for one recipient: a train, whose bytes lie one after another in memory that is given
/// beside it.
///
/// A list of them is what ports send in as few system calls as they can, whoever the recipients are:
///
/// ```swift
/// var train = Transmit(0..<1200, to: peer)
/// let fits = train.append(1200..<2000)   // true: the last one may be shorter
/// ```
public struct Transmit: Sendable, Hashable {
    /// Where the datagrams lie in the memory that is given with the list.
    public var bytes: Range<Int>
    /// How many bytes each datagram has, but the last, which may have fewer; 0 for a single one.
    public var segmentBytes: Int
    /// Nil means the port's peer.
    public var recipient: SocketAddress?
    /// The local address to send from, nil for the system's choice. Its port does not count: a port sends from its
    /// own.
    public var source: SocketAddress?
    /// What the packets say of congestion; nil as the port's options have it, ``ECN/notCapable`` unless changed.
    /// Networks without routers ignore it.
    public var ecn: ECN?
    /// Not before this time, where the port holds datagrams back (SO_TXTIME); nil at once.
    public var departure: MonotonicInstant?

    public init(
        _ bytes: Range<Int>,
        segmentBytes: Int = 0,
        to recipient: SocketAddress? = nil,
        from source: SocketAddress? = nil,
        ecn: ECN? = nil,
        departure: MonotonicInstant? = nil
    ) {
        precondition(bytes.lowerBound >= 0 && segmentBytes >= 0, "no memory is there")
        self.bytes = bytes
        self.segmentBytes = segmentBytes
        self.recipient = recipient
        self.source = source
        self.ecn = ecn
        self.departure = departure
    }

    /// How many datagrams they are. One without bytes is one as well.
    public var datagramCount: Int {
        guard segmentBytes > 0, bytes.count > segmentBytes else { return 1 }
        return (bytes.count + segmentBytes - 1) / segmentBytes
    }

    /// Lengthens the train by one datagram, if it lies behind the others and its size is theirs, or less: then it is
    /// the last.
    ///
    /// - Returns: false when it must begin another train.
    public mutating func append(_ datagram: Range<Int>) -> Bool {
        let size = segmentBytes == 0 ? bytes.count : segmentBytes
        guard datagram.lowerBound == bytes.upperBound, !datagram.isEmpty, datagram.count <= size,
            bytes.count % size == 0
        else { return false }
        segmentBytes = size
        bytes = bytes.lowerBound..<datagram.upperBound
        return true
    }
}

extension Transmit {
    /// The datagram at a place in the train; `offset` is where one begins.
    public func datagram(at offset: Int) -> Range<Int> {
        let start = bytes.lowerBound + offset
        let size = segmentBytes == 0 ? bytes.count : segmentBytes
        return start..<Swift.min(bytes.upperBound, start + size)
    }
}

extension [Transmit] {
    /// Adds datagrams that lie one after another, those of equal size that follow each other as one train.
    ///
    /// - Parameters:
    ///   - ends: where each ends.
    ///   - first: the first one to add; those before it are passed over.
    ///   - recipient: nil means the port's peer.
    @inlinable
    public mutating func append(endingAt ends: [Int], from first: Int = 0, to recipient: SocketAddress?) {
        var next = first
        var start = first == 0 ? 0 : ends[first - 1]
        while next < ends.count {
            let origin = start
            let size = ends[next] - start
            start = ends[next]
            next += 1
            while size > 0, next < ends.count {
                let following = ends[next] - start
                guard following > 0, following <= size else { break }
                start = ends[next]
                next += 1
                if following < size { break }
            }
            let isTrain = start - origin > size
            append(Transmit(origin..<start, segmentBytes: isTrain ? size : 0, to: recipient))
        }
    }
}

/// How far a list of ``Transmit`` has left: the place of the first datagram that has not.
public struct TransmitPosition: Sendable, Hashable {
    /// The number of its train in the list.
    public var index: Int
    /// How many bytes of that train have left; whole datagrams.
    public var offset: Int

    public init(index: Int = 0, offset: Int = 0) {
        self.index = index
        self.offset = offset
    }
}

extension TransmitPosition {
    /// Goes past what has left, or past a datagram that is given up.
    ///
    /// - Parameter byteCount: whole datagrams of the train at this place, the rest of it at most.
    public mutating func advance(by byteCount: Int, in train: Transmit) {
        offset += byteCount
        guard offset >= train.bytes.count else { return }
        index += 1
        offset = 0
    }

    /// Goes past what is left of the train at this place.
    ///
    /// - Returns: how many datagrams that is.
    @discardableResult
    public mutating func skip(_ train: Transmit) -> Int {
        var left = 1
        if train.segmentBytes > 0, train.bytes.count > offset {
            left = (train.bytes.count - offset + train.segmentBytes - 1) / train.segmentBytes
        }
        self = TransmitPosition(index: index + 1)
        return left
    }
}
