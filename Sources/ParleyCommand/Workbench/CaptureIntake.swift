import ParleyCapture
import ParleyTypes
import ParleyWire

/// A capture: every datagram is a message, every stream is cut into messages, both directions.
struct CaptureIntake: Intake {
    private let sink: MessageSink
    private let console: Console
    private let name: String
    /// Datagrams and streams of which neither end has one of these ports are passed over; none is all.
    private let ports: Set<UInt16>
    private let framing: Framing
    private var reader = CaptureReader()
    private var dissector = PacketDissector()
    private var streams = StreamTable()
    private var cutters: [Flow: MessageCutter] = [:]
    private var waitingBytes = 0
    /// The last packet.
    private var number = 0
    private var time: WallTime?
    private var counts = Counts()

    private struct Counts {
        var matching = 0
        var others = 0
        var remarks = 0
        var unread: [Dissection.Reason: Int] = [:]
    }

    /// What all streams together may have waiting for the rest of a message.
    private static let waitingBytesMax = 256 << 20
    private static let remarksMax = 20

    init(_ sink: MessageSink, _ console: Console, framing: Framing, ports: Set<UInt16>, name: String) {
        self.sink = sink
        self.console = console
        self.framing = framing
        self.ports = ports
        self.name = name
    }

    mutating func take(_ block: ArraySlice<UInt8>) throws(Ending) {
        reader.receive(block)
        while true {
            let packet: CapturedPacket?
            do throws(CaptureError) { packet = try reader.nextPacket() } catch { throw try failure(error) }
            guard let packet else { return }
            try take(packet)
        }
    }

    private mutating func take(_ packet: CapturedPacket) throws(Ending) {
        number = packet.number
        time = packet.time
        switch dissector.dissect(packet) {
        case .datagram(let datagram):
            guard isWanted(datagram.flow) else { return }
            let origin = Origin(flow: datagram.flow, packet: number, time: time)
            guard datagram.missing == 0 else {
                let count = datagram.payload.count
                let whole = count + datagram.missing
                return try sink.refuse(
                    WireError(.tooShort(needed: whole, found: count)),
                    Array(datagram.payload),
                    0,
                    origin,
                    because: "the capture kept \(count) of \(whole) bytes"
                )
            }
            let payload = Array(datagram.payload)
            try sink.take(unsafe payload.span.bytes, offset: 0, from: origin)
        case .segment(let segment):
            guard isWanted(segment.flow) else { return }
            streams.receive(segment)
            try takeEvents()
        case .fragment:
            break
        case .other(let reason):
            counts.unread[reason, default: 0] += 1
        }
    }

    private mutating func isWanted(_ flow: Flow) -> Bool {
        let isWanted = ports.isEmpty || ports.contains { flow.has(port: $0) }
        if isWanted { counts.matching += 1 } else { counts.others += 1 }
        return isWanted
    }

    // MARK: Streams

    private mutating func takeEvents() throws(Ending) {
        while let event = streams.nextEvent() {
            var cutter = cutters.removeValue(forKey: event.flow) ?? MessageCutter(framing: framing)
            waitingBytes -= cutter.waitingBytes
            switch event.kind {
            case .bytes(let bytes):
                cutter.append(bytes)
                try drain(&cutter, event.flow, atEnd: false)
            case .gap(let count):
                tell("\(event.flow): \(count) bytes of the stream are not in the capture")
                cutter.skip(count)
                if cutter.isLost {
                    tell("\(event.flow): where the next message begins is not known")
                }
            case .restart, .end:
                try drain(&cutter, event.flow, atEnd: true)
                cutter = MessageCutter(framing: framing)
            }
            guard event.kind != .end else { continue }
            waitingBytes += cutter.waitingBytes
            cutters[event.flow] = cutter
            if waitingBytes > Self.waitingBytesMax { dropLargest() }
        }
    }

    private mutating func drain(_ cutter: inout MessageCutter, _ flow: Flow, atEnd isAtEnd: Bool)
        throws(Ending)
    {
        let origin = Origin(flow: flow, packet: number, time: time)
        let failure = try cutter.drain(atEnd: isAtEnd) { (bytes, offset) throws(Ending) in
            try sink.take(bytes, offset: offset, from: origin)
        }
        guard let failure else { return }
        if case .endsInside = failure { return try cutter.refuseRest(failure, sink, origin) }
        tell("\(flow): \(failure)")
        cutter.lose()
    }

    /// Remarks on streams: a capture with holes everywhere must not bury what is left of it.
    private mutating func tell(_ text: String) {
        counts.remarks += 1
        if counts.remarks <= Self.remarksMax || console.verbosity > 0 { sink.remark(text) }
        if counts.remarks == Self.remarksMax + 1, console.verbosity == 0 {
            sink.remark("more that is wrong with streams is not told; -v tells it all")
        }
    }

    private mutating func dropLargest() {
        let largest = cutters.max { $0.value.waitingBytes < $1.value.waitingBytes }
        guard let flow = largest?.key, var cutter = cutters[flow] else { return }
        waitingBytes -= cutter.waitingBytes
        tell("\(flow): too much waits for the rest of its message, the stream is given up")
        cutter.lose()
        cutters[flow] = cutter
    }

    // MARK: The end

    mutating func finish() throws(Ending) {
        do throws(CaptureError) { try reader.finish() } catch { throw try failure(error) }
        try finishStreams()
        summarize()
        if sink.messageCount == 0, sink.misfitCount == 0 { throw Ending(.nothingCame, nothing) }
    }

    private mutating func finishStreams() throws(Ending) {
        streams.finish()
        try takeEvents()
    }

    /// What the packets before a damage hold is not lost.
    private mutating func failure(_ error: CaptureError) throws(Ending) -> Ending {
        try finishStreams()
        try sink.flush()
        summarize()
        let status: ExitStatus = if case .notACapture = error { .usage } else { .failed }
        return Ending(status, "\(name): \(error)")
    }

    private func summarize() {
        var text = "\(plural(reader.packetCount, "packet")): \(plural(sink.messageCount, "message"))"
        if sink.misfitCount > 0 { text += ", \(sink.misfitCount) more did not fit" }
        if counts.others > 0 { text += ", \(plural(counts.others, "packet")) of other ports" }
        let unread = counts.unread.values.reduce(0, +)
        if unread > 0 { text += ", \(unread) neither UDP nor TCP that can be read" }
        let fragments = dissector.fragments.waitingCount + dissector.fragments.abandonedCount
        if fragments > 0 { text += ", \(plural(fragments, "datagram")) with fragments missing" }
        sink.note(text)
        for (reason, count) in counts.unread.sorted(by: { $0.value > $1.value }).prefix(5) {
            sink.note("\(plural(count, "packet")): \(reason)", at: 1)
        }
    }

    private var nothing: String {
        guard !ports.isEmpty else { return "\(name): no message in \(plural(reader.packetCount, "packet"))" }
        let names = ports.sorted().map(String.init).joined(separator: ", ")
        return "\(name): no message of port \(names) in \(plural(reader.packetCount, "packet"))"
    }
}
