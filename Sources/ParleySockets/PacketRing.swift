internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// The packets of a packet socket in memory that the kernel writes: no system call and no copy a packet
/// (packet(7), PACKET_RX_RING with TPACKET_V3).
///
/// The kernel fills one block after another and hands each over when it is full or old enough; the socket is
/// readable as long as a block waits. ``drain(_:)`` reads the blocks that wait and gives them back. What finds
/// no block is dropped and counted: ``Socket/takePacketStatistics()``.
@safe public struct PacketRing: ~Copyable, Sendable {
    /// The socket whose packets these are. It closes with the ring.
    public let socket: Socket
    /// The memory, shared with the kernel.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    private let blockBytes: Int
    private let blockCount: Int
    private let reportsSegments: Bool
    /// How large the ring is: what was asked for, or less where that was allowed.
    public let size: Size
    /// The block that the kernel hands over next.
    private var position = 0

    /// How large a ring is.
    public struct Size: Sendable, Hashable {
        /// A multiple of the page size, at least that of the longest packet with its headers.
        public var blockBytes: Int
        public var blockCount: Int
        /// After how many milliseconds a block that is not full is handed over; 0 lets the kernel choose.
        public var milliseconds: UInt32

        public init(blockBytes: Int, blockCount: Int, milliseconds: UInt32) {
            self.blockBytes = blockBytes
            self.blockCount = blockCount
            self.milliseconds = milliseconds
        }

        /// Half of it: fewer blocks, then smaller ones; nil where it cannot be halved.
        var halved: Size? {
            if blockCount > 2 {
                return Size(
                    blockBytes: blockBytes,
                    blockCount: max(2, blockCount / 2),
                    milliseconds: milliseconds
                )
            }
            guard blockBytes % 8192 == 0 else { return nil }
            return Size(blockBytes: blockBytes / 2, blockCount: blockCount, milliseconds: milliseconds)
        }

        /// In bytes.
        public var byteCount: Int { blockBytes * blockCount }

        /// 4 MiB in 16 blocks, each of which takes the longest packet of loopback.
        public static let standard = Size(blockBytes: 1 << 18, blockCount: 16, milliseconds: 20)
    }

    /// Gives a packet socket a ring. From then on its packets come by the ring alone.
    ///
    /// - Parameters:
    ///   - size: How large the ring is to be.
    ///   - least: Where memory is refused, half of the size is tried, and half of that, down to this.
    ///     Nil: nothing less.
    ///   - reportsSegments: Whether packets tell how the kernel will still cut them
    ///     (``Packet/segments``); of a `.raw` socket only. Before Linux 6.2 the kernel drops what it has no words
    ///     for: UDP in pieces that are still to be cut. Later kernels still drop such pieces of SCTP.
    /// - Throws: `.invalidArgument` for a size that the kernel refuses, `.outOfMemory`. The socket is closed.
    ///
    /// The corresponding C functions are `setsockopt` (PACKET_VERSION, PACKET_VNET_HDR, PACKET_RX_RING) and
    /// `mmap`.
    public init(
        _ socket: consuming Socket,
        _ size: Size = .standard,
        atLeast least: Size? = nil,
        reportsSegments: Bool = false
    ) throws(SocketError) {
        guard Self.isPossible(size), least.map(Self.isPossible) ?? true else {
            throw SocketError(.option, .invalidArgument, subject: "PACKET_RX_RING")
        }
        try socket.setOption(
            Level.packet,
            Int32(PACKET_VERSION),
            "PACKET_VERSION",
            to: Int32(TPACKET_V3.rawValue)
        )
        if reportsSegments {
            try socket.setOption(Level.packet, Int32(PACKET_VNET_HDR), "PACKET_VNET_HDR", to: true)
        }
        var size = size
        var memory = Self.memory(size, of: socket)
        while case .failure(let error) = memory {
            guard [.outOfMemory, .noBufferSpace, .wouldBlock].contains(error.code), let least,
                let smaller = size.halved, smaller.byteCount >= least.byteCount,
                smaller.blockBytes >= least.blockBytes
            else { throw error }
            size = smaller
            memory = Self.memory(size, of: socket)
        }
        let address = try memory.get()
        guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
            throw SocketError(.option, .outOfMemory, subject: "PACKET_RX_RING")
        }
        unsafe self.memory = start
        self.socket = socket
        self.size = size
        blockBytes = size.blockBytes
        blockCount = size.blockCount
        self.reportsSegments = reportsSegments
    }

    private static let frameBytes = 2048

    private static func isPossible(_ size: Size) -> Bool {
        // The kernel counts in 32 bits.
        guard size.blockBytes > 0, size.blockCount > 0, size.blockBytes % frameBytes == 0 else {
            return false
        }
        let (total, isTooLarge) = size.blockBytes.multipliedReportingOverflow(by: size.blockCount)
        return !isTooLarge && total <= Int(Int32.max)
    }

    /// Has the kernel make a ring, and maps it: the address. Where that fails the socket has no ring.
    private static func memory(
        _ size: Size,
        of socket: borrowing Socket
    ) -> Result<UInt, SocketError> {
        var request = tpacket_req3()
        request.tp_block_size = UInt32(size.blockBytes)
        request.tp_block_nr = UInt32(size.blockCount)
        request.tp_frame_size = UInt32(frameBytes)
        request.tp_frame_nr = UInt32(size.byteCount / frameBytes)
        request.tp_retire_blk_tov = size.milliseconds
        do throws(SocketError) {
            try socket.setOption(Level.packet, Int32(PACKET_RX_RING), "PACKET_RX_RING", to: request)
        } catch {
            return .failure(error)
        }
        let memory = unsafe mmap(
            nil,
            size.byteCount,
            PROT_READ | PROT_WRITE,
            MAP_SHARED,
            socket.fileDescriptor,
            0
        )
        if let memory = unsafe memory, unsafe memory != MAP_FAILED {
            return .success(UInt(bitPattern: memory))
        }
        let error = SocketError(.option, ErrorCode(errno), subject: "PACKET_RX_RING")
        // A ring of nothing gives the kernel's memory back.
        try? socket.setOption(Level.packet, Int32(PACKET_RX_RING), "PACKET_RX_RING", to: tpacket_req3())
        return .failure(error)
    }

    deinit {
        unsafe munmap(memory, blockBytes * blockCount)
    }

    /// Reads the blocks that wait, at most one round of the ring, in the order in which the packets came.
    ///
    /// - Parameter body: Called with each packet, whose bytes are good until it returns.
    /// - Returns: How many packets there were; 0: wait until the socket is readable.
    /// - Throws: What `body` throws; the rest of that packet's block is gone.
    public mutating func drain<E: Error>(_ body: (PacketRing.Packet) throws(E) -> Void) throws(E) -> Int {
        var count = 0
        for _ in 0..<blockCount {
            let block = unsafe memory + position * blockBytes
            let word = unsafe (block + Self.statusOffset).assumingMemoryBound(to: UInt32.self)
            guard unsafe parley_load_acquire(word) & UInt32(TP_STATUS_USER) != 0 else { break }
            // Also after an error: a block that stayed ours would stop the ring.
            defer {
                unsafe parley_store_release(word, UInt32(TP_STATUS_KERNEL))
                position = (position + 1) % blockCount
            }
            let bytes = unsafe UnsafeRawBufferPointer(start: block, count: blockBytes)
            var packets = unsafe PacketBlock(bytes.bytes, reportsSegments: reportsSegments)
            while let packet = packets.next() {
                count += 1
                try body(packet)
            }
        }
        return count
    }

    /// Where `block_status` lies.
    private static let statusOffset = 8

    /// One packet in the ring.
    public struct Packet: ~Escapable {
        /// What the filter kept of it.
        public let bytes: RawSpan
        /// How many bytes it had on the link.
        public let linkByteCount: Int
        /// When it came, in nanoseconds since 1970.
        public let nanoseconds: UInt64
        /// Where it came from, or where it went.
        public let sender: PacketAddress?
        /// The VLAN tag that stood in the packet, nil without one.
        public let vlanTag: UInt16?
        /// Where the network's header begins in `bytes`, at most their number.
        public let networkOffset: Int
        /// How the packet is still to be cut, nil if it is not, or nobody asked for it.
        public let segments: Segments?

        /// A packet that stands for many: the kernel, or the network card, cuts it as late as it can.
        public struct Segments: Sendable, Hashable {
            /// Of UDP (UDP_SEGMENT), otherwise of TCP.
            public var isUDP: Bool
            /// The most bytes of payload of one piece; the last one has the rest.
            public var byteCount: Int
        }

        @_lifetime(copy bytes)
        init(
            _ bytes: RawSpan,
            _ header: parley_packet_header,
            _ sender: PacketAddress?,
            _ segments: Segments?
        ) {
            self.bytes = bytes
            self.sender = sender
            self.segments = segments
            networkOffset = min(max(0, Int(header.network) - Int(header.link)), bytes.byteCount)
            linkByteCount = Int(header.original)
            nanoseconds = UInt64(header.seconds) * 1_000_000_000 + UInt64(header.nanoseconds)
            let isTagged = header.status & UInt32(TP_STATUS_VLAN_VALID) != 0
            vlanTag = isTagged ? UInt16(truncatingIfNeeded: header.vlan_tci) : nil
        }
    }
}

/// The packets of one block. It never reads outside the block, whatever stands there.
struct PacketBlock: ~Escapable {
    private let bytes: RawSpan
    private var offset: Int
    private var left: Int
    private let reportsSegments: Bool

    /// `sizeof(struct virtio_net_hdr)`, which stands right before the packet.
    private static let segmentHeaderBytes = 10

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, reportsSegments: Bool = false) {
        self.bytes = bytes
        self.reportsSegments = reportsSegments
        guard bytes.byteCount >= MemoryLayout<parley_packet_block>.size else {
            offset = 0
            left = 0
            return
        }
        let head = unsafe bytes.unsafeLoadUnaligned(as: parley_packet_block.self)
        offset = Int(head.first_packet)
        left = Int(head.packets)
    }

    /// The next packet, nil at the end or where the next one would not fit into the block.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func next() -> PacketRing.Packet? {
        let headerBytes = MemoryLayout<parley_packet_header>.size
        guard left > 0, offset <= bytes.byteCount - headerBytes else { return nil }
        let header = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: parley_packet_header.self)
        let start = offset + Int(header.link)
        let end = start + Int(header.captured)
        // The address comes behind the header, which fills up to a multiple of 16 (TPACKET_ALIGN).
        let place = offset + (headerBytes + 15) & ~15
        guard end <= bytes.byteCount, place <= bytes.byteCount else { return nil }
        left = header.next == 0 ? 0 : left - 1
        offset += Int(header.next)
        let room = min(MemoryLayout<sockaddr_ll>.size, bytes.byteCount - place)
        let sender = PacketAddress(kernel: bytes.extracting(place..<place + room))
        return PacketRing.Packet(bytes.extracting(start..<end), header, sender, segments(before: start))
    }

    /// `struct virtio_net_hdr`: flags, gso_type, hdr_len, gso_size, in the host's order.
    private func segments(before start: Int) -> PacketRing.Packet.Segments? {
        guard reportsSegments, start >= Self.segmentHeaderBytes else { return nil }
        let place = start - Self.segmentHeaderBytes
        let type: UInt8 = bytes.number(at: place + 1)
        let size: UInt16 = bytes.number(at: place + 4)
        guard size > 0 else { return nil }
        switch type & 0x7F {
        // VIRTIO_NET_HDR_GSO_TCPV4, VIRTIO_NET_HDR_GSO_TCPV6
        case 1, 4: return .init(isUDP: false, byteCount: Int(size))
        // VIRTIO_NET_HDR_GSO_UDP_L4
        case 5: return .init(isUDP: true, byteCount: Int(size))
        default: return nil
        }
    }
}
