/// Writes a capture while it happens, pcapng of one interface: its name and filter stand in front, what was lost
/// at the end. Packets are copied once, from the ring into the file's buffer.
///
///     var writer = LiveCaptureWriter(.init(linkType: .ethernet, name: "lo"))
///     writer.write(packet.bytes, nanoseconds: packet.nanoseconds, originalLength: packet.linkByteCount)
///     file.write(writer.takeBytes())
public struct LiveCaptureWriter: Sendable {
    /// What stands in front of the packets.
    public struct Interface: Sendable, Hashable {
        public var linkType: LinkType
        /// `eth0`, `any`.
        public var name: String
        /// The filter's words, empty for none.
        public var filter: String
        /// The most bytes of a packet that are kept.
        public var snapLength: UInt32
        /// The program that writes, with its version.
        public var application: String

        public init(
            linkType: LinkType,
            name: String,
            filter: String = "",
            snapLength: UInt32 = 262_144,
            application: String = ""
        ) {
            self.linkType = linkType
            self.name = name
            self.filter = filter
            self.snapLength = snapLength
            self.application = application
        }
    }

    /// How the capture went (an interface statistics block).
    public struct Statistics: Sendable, Hashable {
        /// In nanoseconds since 1970.
        public var began: UInt64
        public var ended: UInt64
        /// What passed the filter, the dropped ones included.
        public var received: UInt64
        public var dropped: UInt64

        public init(began: UInt64, ended: UInt64, received: UInt64, dropped: UInt64) {
            self.began = began
            self.ended = ended
            self.received = received
            self.dropped = dropped
        }
    }

    /// Bytes that have been written and not been taken yet: the first ``waitingByteCount`` of them count.
    private var buffer: [UInt8] = []
    public private(set) var waitingByteCount = 0
    /// How many bytes there have been in all.
    public private(set) var byteCount = 0
    public private(set) var packetCount = 0
    private let snapLength: Int

    /// Begins the file.
    public init(_ interface: Interface) {
        snapLength = Int(interface.snapLength)
        block(0x0A0D_0D0A) { body in
            body.append(PcapngSection.byteOrderMark, isBig: false)
            body.append(UInt16(1), isBig: false)
            body.append(UInt16(0), isBig: false)
            // The section's length is not known.
            body.append(UInt64.max, isBig: false)
            // shb_userappl
            Self.option(4, Array(interface.application.utf8), to: &body)
            Self.option(0, [], to: &body)
        }
        block(1) { body in
            body.append(interface.linkType.rawValue, isBig: false)
            body.append(UInt16(0), isBig: false)
            body.append(interface.snapLength, isBig: false)
            // if_name; if_tsresol: nanoseconds; if_filter: 0 begins the text of libpcap.
            Self.option(2, Array(interface.name.utf8), to: &body)
            Self.option(9, [9], to: &body)
            if !interface.filter.isEmpty { Self.option(11, [0] + Array(interface.filter.utf8), to: &body) }
            Self.option(0, [], to: &body)
        }
    }

    /// Writes a packet (an enhanced packet block).
    ///
    /// - Parameters:
    ///   - header: what stands before the bytes, counted in `originalLength`.
    ///   - bytes: what was captured; the interface's snap length cuts it.
    ///   - nanoseconds: since 1970.
    ///   - originalLength: how many bytes it had on the link.
    public mutating func write(
        behind header: [UInt8] = [],
        _ bytes: RawSpan,
        nanoseconds: UInt64,
        originalLength: Int
    ) {
        let kept = min(bytes.byteCount, max(0, snapLength - header.count))
        let length = header.count + kept
        let size = 32 + (length + 3) & ~3
        let start = makeRoom(size)
        let words: [7 of UInt32] = [
            6, UInt32(truncatingIfNeeded: size), 0, UInt32(truncatingIfNeeded: nanoseconds >> 32),
            UInt32(truncatingIfNeeded: nanoseconds), UInt32(truncatingIfNeeded: length),
            UInt32(clamping: max(originalLength, length)),
        ]
        var span = buffer.mutableSpan
        var output = unsafe span.mutableBytes
        for index in words.indices {
            output.storeBytes(of: words[index].littleEndian, toByteOffset: start + 4 * index, as: UInt32.self)
        }
        for (index, byte) in header.enumerated() {
            output.storeBytes(of: byte, toByteOffset: start + 28 + index, as: UInt8.self)
        }
        let place = start + 28 + header.count
        unsafe output.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: target[place..<place + kept])
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<kept]))
            }
        }
        // What fills up to 32 bits, and the size once more.
        for index in place + kept..<start + size - 4 {
            output.storeBytes(of: 0, toByteOffset: index, as: UInt8.self)
        }
        output.storeBytes(
            of: UInt32(truncatingIfNeeded: size).littleEndian,
            toByteOffset: start + size - 4,
            as: UInt32.self
        )
        packetCount += 1
    }

    /// Writes how the capture went (an interface statistics block).
    public mutating func write(_ statistics: Statistics) {
        block(5) { body in
            func time(_ nanoseconds: UInt64) {
                body.append(UInt32(truncatingIfNeeded: nanoseconds >> 32), isBig: false)
                body.append(UInt32(truncatingIfNeeded: nanoseconds), isBig: false)
            }
            func option(_ code: UInt16, _ value: UInt64) {
                body.append(code, isBig: false)
                body.append(UInt16(8), isBig: false)
                body.append(value, isBig: false)
            }
            body.append(UInt32(0), isBig: false)
            time(statistics.ended)
            // isb_starttime and isb_endtime are times as above, high half first.
            for (code, value) in [(2, statistics.began), (3, statistics.ended)] as [(UInt16, UInt64)] {
                body.append(code, isBig: false)
                body.append(UInt16(8), isBig: false)
                time(value)
            }
            // isb_ifrecv, isb_ifdrop, isb_filteraccept, isb_osdrop
            option(4, statistics.received)
            option(5, 0)
            option(6, statistics.received)
            option(7, statistics.dropped)
            Self.option(0, [], to: &body)
        }
    }

    /// Hands out what has been written since the last time, and forgets it.
    ///
    /// - Throws: What `body` throws; then nothing is forgotten.
    public mutating func take<E: Error>(_ body: (RawSpan) throws(E) -> Void) throws(E) {
        guard waitingByteCount > 0 else { return }
        try body(unsafe buffer.span.bytes.extracting(first: waitingByteCount))
        waitingByteCount = 0
    }

    // MARK: Inside

    /// Makes room behind what waits, and counts it as written; where it begins.
    private mutating func makeRoom(_ size: Int) -> Int {
        let start = waitingByteCount
        if buffer.count < start + size {
            buffer.append(contentsOf: repeatElement(0, count: max(size, buffer.count)))
        }
        waitingByteCount += size
        byteCount += size
        return start
    }

    private mutating func block(_ type: UInt32, _ write: (inout [UInt8]) -> Void) {
        var body: [UInt8] = []
        write(&body)
        while body.count % 4 != 0 { body.append(0) }
        let size = UInt32(body.count + PcapngSection.frameBytes)
        var bytes: [UInt8] = []
        bytes.append(type, isBig: false)
        bytes.append(size, isBig: false)
        bytes += body
        bytes.append(size, isBig: false)
        let start = makeRoom(bytes.count)
        buffer.replaceSubrange(start..<start + bytes.count, with: bytes)
    }

    /// An option of a block; 0 ends them.
    private static func option(_ code: UInt16, _ value: [UInt8], to body: inout [UInt8]) {
        guard code == 0 || !value.isEmpty else { return }
        let value = value.prefix(Int(UInt16.max))
        body.append(code, isBig: false)
        body.append(UInt16(value.count), isBig: false)
        body += value
        while body.count % 4 != 0 { body.append(0) }
    }
}
