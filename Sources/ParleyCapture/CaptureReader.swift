/// Reads capture files piece by piece: bytes in, packets out.
///
///     var reader = CaptureReader()
///     while let piece = read() {
///         reader.receive(piece)
///         while let packet = try reader.nextPacket() { … }
///     }
///     try reader.finish()
///
/// It holds no more than what was received and not yet taken, so take all packets after each piece. Both
/// formats, both byte orders, micro- and nanoseconds, and pcapng's several sections and interfaces are read;
/// blocks that hold no packets are passed over without being kept. Nothing in a file makes it trap, and after
/// an error it throws the same error again.
public struct CaptureReader: Sendable {
    public let limits: CaptureLimits
    /// The file's format, nil until its first bytes have come.
    public private(set) var format: CaptureFormat?
    /// How many packets have been taken.
    public private(set) var packetCount = 0

    private var buffer: [UInt8] = []
    /// Where in `buffer` the next block begins.
    private var start = 0
    /// The same place in the file.
    private(set) var offset = 0
    /// Bytes of a block that nobody wants and that have not come yet.
    private var skipped = 0
    private var state = State.beginning
    private var failure: CaptureError?

    private enum State: Sendable {
        case beginning
        case pcap(PcapFile)
        case pcapng(PcapngSection)
    }

    public init(limits: CaptureLimits = CaptureLimits()) {
        self.limits = limits
    }

    /// Takes the next bytes of the file.
    public mutating func receive(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next packet, nil when more bytes are needed.
    ///
    /// - Throws: ``CaptureError``. No packet after that can be found: the file has no other borders.
    public mutating func nextPacket() throws(CaptureError) -> CapturedPacket? {
        if let failure { throw failure }
        do throws(CaptureError) {
            while true {
                switch try step() {
                case .packet(var packet):
                    packetCount += 1
                    packet.number = packetCount
                    return packet
                case .nothing: continue
                case .incomplete: return nil
                }
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Says that the file has ended. Take all packets before.
    ///
    /// - Throws: ``CaptureError/endsInside(offset:)`` when it ended inside a packet,
    ///   ``CaptureError/notACapture`` when it had fewer bytes than tell a format.
    public mutating func finish() throws(CaptureError) {
        if let failure { throw failure }
        guard format != nil else { throw .notACapture }
        guard start == buffer.count, skipped == 0 else { throw .endsInside(offset: offset) }
        if case .beginning = state { throw .endsInside(offset: 0) }
    }

    // MARK: Steps

    /// What one step found.
    enum Step {
        case packet(CapturedPacket)
        case nothing
        case incomplete
    }

    private mutating func step() throws(CaptureError) -> Step {
        if skipped > 0 {
            let count = min(skipped, buffer.count - start)
            guard count > 0 else { return .incomplete }
            consume(count)
            skipped -= count
            return .nothing
        }
        let rest = PacketBytes(buffer[start...])
        switch state {
        case .beginning: return try begin(rest)
        case .pcap(let file):
            guard let (packet, size) = try file.packet(rest, at: offset, limits) else { return .incomplete }
            consume(size)
            return .packet(packet)
        case .pcapng(var section):
            guard let block = try section.block(rest, at: offset, limits) else { return .incomplete }
            state = .pcapng(section)
            switch block {
            case .packet(let packet, let size):
                consume(size)
                return .packet(packet)
            case .other(let size):
                consume(size)
                return .nothing
            case .skipped(let size):
                skipped = size
                return .nothing
            }
        }
    }

    private mutating func begin(_ rest: PacketBytes) throws(CaptureError) -> Step {
        guard rest.count >= CaptureFormat.magicBytes else { return .incomplete }
        guard let format = CaptureFormat(beginning: rest.bytes) else { throw .notACapture }
        self.format = format
        switch format {
        case .pcapng:
            state = .pcapng(PcapngSection())
        case .pcap:
            guard let file = try PcapFile(rest) else { return .incomplete }
            state = .pcap(file)
            consume(PcapFile.headerBytes)
        }
        return .nothing
    }

    private mutating func consume(_ count: Int) {
        start += count
        offset += count
    }
}
