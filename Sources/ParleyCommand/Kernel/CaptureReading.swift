import ParleyCapture
import ParleySockets
import ParleyText
import ParleyTypes
import ParleyWire

/// Reads the packets of a live capture: datagrams and streams to messages, segments and everything else to
/// lines.
final class CaptureReading {
    private let console: Console
    /// Nil: nothing was said about messages, and every packet is a line.
    private let form: Form?
    private let sink: MessageSink
    private let streams: StreamMessages
    private let hasBorders: Bool
    private let showsSegments: Bool
    private let expression: FilterExpression
    private var dissector = PacketDissector()
    private var conversations = TCPConversations()
    private var lines: CaptureLines
    /// The last packet: 1 is the first. Datagrams that the kernel had still to cut count each.
    private var number = 0
    private var counts = Counts()

    private struct Counts {
        var datagrams = 0
        var segments = 0
        var others = 0
    }

    init(
        _ console: Console,
        form: Form?,
        framing: Framing?,
        showsSegments: Bool,
        isSilent: Bool,
        itemsMax: Int?,
        expression: FilterExpression
    ) {
        self.console = console
        self.itemsMax = itemsMax ?? .max
        self.form = form
        self.showsSegments = showsSegments
        self.expression = expression
        hasBorders = (framing ?? form?.framing ?? .chunks) != .chunks
        sink = MessageSink(
            form: form ?? .automatic,
            console: console,
            progress: Progress(console: console, total: nil),
            manner: .init(schema: "parley.capture/1", remarksOnce: true, isSilent: isSilent)
        )
        var limits = StreamTable.Limits()
        limits.skipsAcknowledged = true
        streams = StreamMessages(sink, console, form, framing, limits: limits)
        lines = CaptureLines(console: console)
    }

    /// After so many nothing more is read, not even of a packet that holds several datagrams.
    private let itemsMax: Int

    /// Messages, or lines where nobody asked for messages.
    var itemCount: Int { form == nil ? lines.count : sink.messageCount }

    // MARK: Packets

    func take(_ packet: PacketRing.Packet) throws(Ending) {
        let etherType = packet.sender?.etherType ?? .none
        let network = packet.bytes.extracting(droppingFirst: packet.networkOffset)
        let isWhole = packet.bytes.byteCount == packet.linkByteCount
        // As most packets are: nothing is copied.
        if isWhole, etherType == .ipv4 || etherType == .ipv6, let place = DatagramPlace(in: network) {
            let size = packet.segments.map { $0.isUDP ? $0.byteCount : Int.max } ?? .max
            return try take(network.extracting(place.payload), place.flow, Self.time(packet), size)
        }
        try takeSlowly(packet, network, etherType)
    }

    /// A datagram, or what the kernel has still to cut into several.
    private func take(_ payload: RawSpan, _ flow: Flow, _ time: WallTime, _ size: Int) throws(Ending) {
        var start = 0
        repeat {
            let end = size < payload.byteCount - start ? start + size : payload.byteCount
            number += 1
            counts.datagrams += 1
            let origin = Origin(flow: flow, packet: number, time: time)
            if form == nil {
                try sink.take(line: lines.datagram(byteCount: end - start, origin))
            } else {
                try sink.take(payload.extracting(start..<end), offset: 0, from: origin)
            }
            start = end
        } while start < payload.byteCount && itemCount < itemsMax
    }

    private func takeSlowly(_ packet: PacketRing.Packet, _ network: RawSpan, _ etherType: EtherType)
        throws(Ending)
    {
        number += 1
        let time = Self.time(packet)
        let isIP = etherType == .ipv4 || etherType == .ipv6
        let bytes = unsafe (isIP ? network : packet.bytes).withUnsafeBytes { unsafe [UInt8]($0) }
        let left = isIP ? packet.linkByteCount - packet.networkOffset : packet.linkByteCount
        let captured = CapturedPacket(
            number: number,
            time: time,
            linkType: isIP ? .raw : .ethernet,
            bytes: bytes,
            originalLength: left
        )
        switch dissector.dissect(captured) {
        case .datagram(let datagram):
            guard isWanted(datagram.flow, 17) else { return }
            counts.datagrams += 1
            let origin = Origin(flow: datagram.flow, packet: number, time: time)
            if form == nil {
                let count = datagram.payload.count + datagram.missing
                try sink.take(line: lines.datagram(byteCount: count, origin))
            } else {
                try sink.take(datagram, from: origin)
            }
        case .segment(let segment):
            guard isWanted(segment.flow, 6) else { return }
            try take(segment, time)
        case .fragment: break
        case .other(let reason):
            counts.others += 1
            guard form == nil else { return }
            let line = lines.other(reason, isIP ? bytes : [], byteCount: left, packet: number, at: time)
            try sink.take(line: line)
        }
    }

    private func take(_ segment: TCPSegment, _ time: WallTime) throws(Ending) {
        counts.segments += 1
        let observation = conversations.receive(segment)
        if showsSegments {
            let origin = Origin(flow: segment.flow, packet: number, time: time)
            try sink.take(line: lines.segment(observation, origin))
        }
        guard form != nil else { return }
        if hasBorders, observation.remarks.contains(.beganEarlier), segment.payloadByteCount > 0 {
            streams.tell(
                "\(segment.flow): began before the capture, its first bytes are taken for a message's beginning"
            )
        }
        try streams.take(segment, packet: number, at: time)
    }

    /// What came in parts, or behind other headers, passed the kernel's filter without having been asked.
    private func isWanted(_ flow: Flow, _ transport: UInt8) -> Bool {
        let isIPv4 = if case .ipv4 = flow.source { true } else { false }
        let network = (isIPv4 ? EtherType.ipv4 : .ipv6).rawValue
        return expression.matches(.init(network: network, transport: transport, flow: flow))
    }

    private static func time(_ packet: PacketRing.Packet) -> WallTime {
        let (seconds, rest) = packet.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return WallTime(secondsSince1970: Int64(seconds), nanoseconds: Int32(rest))
    }

    // MARK: The end

    func flush() throws(Ending) { try sink.flush() }

    func finish() throws(Ending) {
        try streams.finish()
        try sink.flush()
    }

    /// `1,230 messages, 2 more did not fit`
    var summary: String {
        var words: [String] = []
        if form != nil {
            words.append(plural(sink.messageCount, "message"))
            if sink.misfitCount > 0 { words.append("\(sink.misfitCount) more did not fit") }
        } else if counts.datagrams > 0 {
            words.append(plural(counts.datagrams, "datagram"))
        }
        if counts.segments > 0 { words.append(plural(counts.segments, "segment")) }
        if counts.others > 0 { words.append("\(counts.others) other") }
        let fragments = dissector.fragments.waitingCount + dissector.fragments.abandonedCount
        if fragments > 0 { words.append("\(plural(fragments, "datagram")) with fragments missing") }
        return words.joined(separator: ", ")
    }

    var summaryMembers: [JSONValue.Member] {
        [
            .init("messages", .integer(sink.messageCount)), .init("misfits", .integer(sink.misfitCount)),
            .init("datagrams", .integer(counts.datagrams)), .init("segments", .integer(counts.segments)),
            .init("others", .integer(counts.others)),
        ]
    }
}
