import ParleyCapture
import ParleyTypes
import ParleyWire

/// A capture: every datagram is a message, every stream is cut into messages, both directions.
struct CaptureIntake: Intake {
    private let sink: MessageSink
    private let name: String
    /// Datagrams and streams of which neither end has one of these ports are passed over; none is all.
    private let ports: Set<UInt16>
    private let streams: StreamMessages
    private var reader = CaptureReader()
    private var dissector = PacketDissector()
    private var counts = Counts()

    private struct Counts {
        var matching = 0
        var others = 0
        var unread: [Dissection.Reason: Int] = [:]
    }

    init(
        _ sink: MessageSink,
        _ console: Console,
        _ form: Form,
        _ framing: Framing?,
        ports: Set<UInt16>,
        name: String
    ) {
        self.sink = sink
        streams = StreamMessages(sink, console, form, framing)
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
        switch dissector.dissect(packet) {
        case .datagram(let datagram):
            guard isWanted(datagram.flow) else { return }
            let origin = Origin(flow: datagram.flow, packet: packet.number, time: packet.time)
            try sink.take(datagram, from: origin)
        case .segment(let segment):
            guard isWanted(segment.flow) else { return }
            try streams.take(segment, packet: packet.number, at: packet.time)
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

    // MARK: The end

    mutating func finish() throws(Ending) {
        do throws(CaptureError) { try reader.finish() } catch { throw try failure(error) }
        try streams.finish()
        summarize()
        if sink.messageCount == 0, sink.misfitCount == 0 { throw Ending(.nothingCame, nothing) }
    }

    /// What the packets before a damage hold is not lost.
    private func failure(_ error: CaptureError) throws(Ending) -> Ending {
        try streams.finish()
        try sink.flush()
        summarize()
        return Ending(.failed, "\(name): \(error)")
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
