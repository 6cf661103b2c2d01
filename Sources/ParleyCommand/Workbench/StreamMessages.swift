import ParleyCapture
import ParleyTypes
import ParleyWire

/// The messages of a capture's TCP streams: put together, cut, and handed to a sink. Both directions of every
/// connection.
final class StreamMessages {
    private let sink: MessageSink
    private let console: Console
    private let framing: Framing
    private var table: StreamTable
    private var cutters: [Flow: MessageCutter] = [:]
    private var heldBytes = 0
    private var remarkCount = 0
    /// What to know of the borders, once there is a stream.
    private var note: String?
    /// The last packet.
    private var number = 0
    private var time: WallTime?

    /// The memory of what waits for the rest of a message, all streams together. Enough more is given back at a time
    /// that the search for the largest is seldom.
    private static let heldBytesMax = 256 << 20
    private static let heldBytesKept = 224 << 20
    private static let remarksMax = 20

    init(
        _ sink: MessageSink,
        _ console: Console,
        _ form: Form?,
        _ framing: Framing?,
        limits: StreamTable.Limits = StreamTable.Limits()
    ) {
        self.sink = sink
        self.console = console
        self.framing = framing ?? form?.framing ?? .chunks
        if framing == nil, case .layout(let compiled, _)? = form {
            note = BorderRemarks.lengthInFront(of: [compiled.layout])
        }
        table = StreamTable(limits: limits)
    }

    /// Takes a segment, and hands out the messages that it ends.
    func take(_ segment: TCPSegment, packet number: Int, at time: WallTime?) throws(Ending) {
        self.number = number
        self.time = time
        table.receive(segment)
        try takeEvents()
    }

    /// Says that no more segments come.
    func finish() throws(Ending) {
        table.finish()
        try takeEvents()
    }

    private func takeEvents() throws(Ending) {
        while let event = table.nextEvent() {
            let known = cutters.removeValue(forKey: event.flow)
            heldBytes -= known?.heldBytes ?? 0
            var cutter = known ?? MessageCutter(framing: framing)
            switch event.kind {
            case .bytes(let bytes):
                if let note = note.take() { sink.note(note) }
                cutter.append(bytes)
                try drain(&cutter, event.flow, atEnd: false)
            case .gap(let count):
                tell(
                    "\(event.flow): \(Phrase.count(count, "byte")) of the stream "
                        + "\(count == 1 ? "is" : "are") not in the capture"
                )
                cutter.skip(count)
                if cutter.isLost {
                    tell("\(event.flow): where the next message begins is not known")
                }
            case .restart, .end:
                try drain(&cutter, event.flow, atEnd: true)
                cutter = MessageCutter(framing: framing)
            }
            guard event.kind != .end else { continue }
            heldBytes += cutter.heldBytes
            cutters[event.flow] = cutter
            if heldBytes > Self.heldBytesMax { dropLargest() }
        }
    }

    private func drain(_ cutter: inout MessageCutter, _ flow: Flow, atEnd isAtEnd: Bool)
        throws(Ending)
    {
        let origin = Origin(flow: flow, packet: number, time: time)
        let failure = try cutter.drain(atEnd: isAtEnd) { (bytes, offset) throws(Ending) in
            try sink.take(bytes, offset: offset, from: origin)
        }
        guard let failure else { return }
        if case .endsInside = failure { return try cutter.refuseRest(failure, sink, origin) }
        tell("\(flow): \(failure)", isComplaint: true)
        cutter.lose()
    }

    /// Remarks on streams: a capture with holes everywhere must not bury what is left of it.
    func tell(_ text: String, isComplaint: Bool = false) {
        remarkCount += 1
        if remarkCount <= Self.remarksMax || console.verbosity > 0 {
            if isComplaint { sink.complain(text) } else { sink.remark(text) }
        }
        if remarkCount == Self.remarksMax + 1, console.verbosity == 0 {
            sink.remark("more that is wrong with streams is not told; -v tells it all")
        }
    }

    private func dropLargest() {
        for (flow, size) in cutters.map({ ($0.key, $0.value.heldBytes) }).sorted(by: { $0.1 > $1.1 }) {
            guard heldBytes > Self.heldBytesKept, var cutter = cutters.removeValue(forKey: flow) else {
                break
            }
            tell("\(flow): too much waits for the rest of its message, the stream is given up")
            cutter.lose()
            heldBytes -= size - cutter.heldBytes
            cutters[flow] = cutter
        }
    }
}

extension MessageSink {
    /// Takes a datagram of a capture, or tells how much of it the capture has left out.
    func take(_ datagram: UDPDatagram, from origin: Origin) throws(Ending) {
        let payload = Array(datagram.payload)
        guard datagram.missing > 0 else {
            return try take(unsafe payload.span.bytes, offset: 0, from: origin)
        }
        let whole = payload.count + datagram.missing
        try refuse(
            WireError(.tooShort(needed: whole, found: payload.count)),
            payload,
            0,
            origin,
            because: "the capture kept \(payload.count) of \(whole) bytes"
        )
    }
}
