/// The TCP streams of a capture, each direction on its own.
///
/// Call ``receive(_:)`` for each segment and ``nextEvent()`` until it gives nil. Memory is bounded: of more
/// streams than ``Limits/streamsMax``, or more memory for what waits than ``Limits/bytesMax``, the one that was
/// silent longest ends first. A stream of which nothing waits takes less than 1 KiB.
public struct StreamTable: Sendable {
    public let limits: Limits

    /// How much is held at most.
    public struct Limits: Sendable, Hashable {
        /// Directions of connections that are followed at a time.
        public var streamsMax = 8192
        /// The memory of what waits for missing segments, all streams together, in bytes: also what it takes to keep
        /// it.
        public var bytesMax = 64 << 20
        public var stream = StreamReassembler.Limits()
        /// Whether what the receiver has acknowledged counts as lost when it is missing. Of packets in the order
        /// of their capture, not of files that were put together from several.
        public var skipsAcknowledged = false

        public init() {}
    }

    /// What one stream has for its reader.
    public struct Event: Sendable, Hashable {
        public var flow: Flow
        public var kind: StreamReassembler.Event
    }

    fileprivate struct Stream {
        var reassembler: StreamReassembler
        var lastUse: Int
    }

    private var streams: [Flow: Stream] = [:]
    private var events = EventQueue<Event>()
    /// After ``finish()``: the streams that are still to be ended, the longest silent one last.
    private var ending: [Flow] = []
    private(set) var heldBytes = 0
    private var uses = 0

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes a segment.
    public mutating func receive(_ segment: TCPSegment) {
        uses += 1
        var stream =
            streams.removeValue(forKey: segment.flow)
            ?? Stream(reassembler: StreamReassembler(limits: limits.stream), lastUse: uses)
        stream.lastUse = uses
        heldBytes -= stream.reassembler.heldBytes
        stream.reassembler.receive(segment)
        heldBytes += stream.reassembler.heldBytes
        while let kind = stream.reassembler.nextEvent() {
            events.append(Event(flow: segment.flow, kind: kind))
        }
        streams[segment.flow] = stream
        if limits.skipsAcknowledged { acknowledge(segment) }
        makeRoom()
    }

    private mutating func acknowledge(_ segment: TCPSegment) {
        guard segment.flags.contains(.ack), !segment.flags.contains(.rst) else { return }
        let flow = segment.flow.reversed
        guard var stream = streams.removeValue(forKey: flow) else { return }
        heldBytes -= stream.reassembler.heldBytes
        stream.reassembler.acknowledge(segment.acknowledgementNumber)
        heldBytes += stream.reassembler.heldBytes
        while let kind = stream.reassembler.nextEvent() { events.append(Event(flow: flow, kind: kind)) }
        streams[flow] = stream
    }

    /// Says that no more segments come.
    public mutating func finish() {
        // One after another as their events are taken: all at once they would be held as events too.
        ending = streams.sorted { $0.value.lastUse > $1.value.lastUse }.map(\.key)
    }

    /// What some stream has next; nil when more segments are needed.
    public mutating func nextEvent() -> Event? {
        while true {
            if let event = events.next() { return event }
            guard let flow = ending.popLast() else { return nil }
            end(flow)
        }
    }

    /// Hands out what waits in a stream and forgets it; its end is told.
    private mutating func end(_ flow: Flow) {
        guard var stream = streams.removeValue(forKey: flow) else { return }
        heldBytes -= stream.reassembler.heldBytes
        stream.reassembler.finish()
        var isEnded = false
        while let kind = stream.reassembler.nextEvent() {
            isEnded = kind == .end
            events.append(Event(flow: flow, kind: kind))
        }
        if !isEnded { events.append(Event(flow: flow, kind: .end)) }
    }

    private mutating func makeRoom() {
        guard streams.count > limits.streamsMax || heldBytes > limits.bytesMax else { return }
        let flows = streams.sorted { $0.value.lastUse < $1.value.lastUse }.map(\.key)
        // An eighth at a time: looking for the longest silent one costs a walk through all.
        var left = streams.count > limits.streamsMax ? max(1, flows.count / 8) : 0
        // Of the bytes less: what was held becomes events, which are held as well until they are taken.
        let bytesKept = heldBytes > limits.bytesMax ? limits.bytesMax / 16 * 15 : limits.bytesMax
        for flow in flows {
            guard left > 0 || heldBytes > bytesKept else { return }
            left -= 1
            end(flow)
        }
    }
}
