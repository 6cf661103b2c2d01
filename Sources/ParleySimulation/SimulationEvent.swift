public import ParleyLinks
public import ParleyTypes

/// What became of a packet at some time.
public struct SimulationEvent: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case sent, arrived
        /// Nil: at a host that has crashed.
        case dropped(LinkDrop?)
        /// A bit changed on the way, and the checksum told.
        case corrupted
        /// The receive queue was full.
        case lost
    }

    /// By the simulation's own clock.
    public var time: MonotonicInstant
    public var kind: Kind
    public var source: SocketAddress
    public var destination: SocketAddress
    public var byteCount: Int
    /// ``SimulatedNetwork/traceHash`` behind it.
    public var hash: UInt64
}

extension SimulationEvent: CustomStringConvertible {
    /// `0.000100000 10.0.0.1:32768 > 10.0.0.2:8089 sent, 21 bytes`
    public var description: String {
        let digits = String(time.nanoseconds % 1_000_000_000)
        let fraction = String(repeating: "0", count: 9 - digits.count) + digits
        let what =
            switch kind {
            case .sent: "sent"
            case .arrived: "arrived"
            case .dropped(nil): "lost: the host is down"
            case .dropped(let reason?): "dropped (\(reason))"
            case .corrupted: "corrupted"
            case .lost: "lost: the receiver's queue is full"
            }
        return
            "\(time.nanoseconds / 1_000_000_000).\(fraction) \(source) > \(destination) \(what), \(byteCount) bytes"
    }
}

/// What became of the packets of a simulation, pieces of streams included. At every moment
/// `sent + copies = delivered + dropped + corrupted + inside`, where a way of several links counts once.
public struct SimulationCounts: Sendable, Hashable {
    /// What hosts have sent, repetitions of streams included.
    public var sent = 0
    /// What a link has made two of.
    public var copies = 0
    /// What came to a host that is there.
    public var delivered = 0
    /// What a link lost, or a host that has crashed.
    public var dropped = 0
    /// What came with a wrong bit, which its checksum told.
    public var corrupted = 0
    /// What found a full receive queue; counted in ``delivered`` too.
    public var lost = 0
    /// What is on its way.
    public var inside: Int { sent + copies - delivered - dropped - corrupted }

    public init() {}
}

/// A packet as a rule sees it (``SimulatedLink/lose(where:)``).
public struct SimulatedPacket: Sendable {
    /// By the simulation's own clock.
    public var time: MonotonicInstant
    public var source: SocketAddress
    public var destination: SocketAddress
    /// The message, or the piece of a stream.
    public var bytes: [UInt8]
    /// How many its flow has sent over this link before: 0 for the first.
    public var number: Int
    public var ecn: ECN
    /// Whether it is a piece of a stream, or its beginning or end.
    public var isStream: Bool
}
