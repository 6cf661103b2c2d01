internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// How many datagrams the kernel cuts out of one piece (UDP_SEGMENT).
public struct SegmentLimits: Sendable, Hashable {
    /// The most datagrams in one piece; 1: no piece is cut.
    public var datagramsMax: Int
    /// The largest datagram that may be cut out of a piece, in bytes: what fits the path's MTU. The kernel
    /// does not both cut and fragment.
    public var datagramBytesMax: Int

    public init(datagramsMax: Int, datagramBytesMax: Int = SegmentLimits.pieceBytesMax) {
        self.datagramsMax = datagramsMax
        self.datagramBytesMax = datagramBytesMax
    }

    /// Every datagram by itself.
    public static let none = SegmentLimits(datagramsMax: 1, datagramBytesMax: 0)
    /// UDP_MAX_SEGMENTS since Linux 6.9.
    public static let datagramsToday = 128
    /// UDP_MAX_SEGMENTS before.
    public static let datagramsBefore = 64
    /// The most bytes of one piece: a piece is one UDP payload until the kernel cuts it.
    public static let pieceBytesMax = 65_507
}

/// The arguments of a sendmmsg(2): datagrams for whomever, in memory of their owner. Made once and used again: sending
/// allocates nothing and copies no datagram.
///
/// A train of datagrams goes as pieces, which the kernel cuts (UDP_SEGMENT).
@safe public struct SendArguments: ~Copyable, @unchecked Sendable {
    // Safe and Sendable by hand: the pointers lead to memory that this value alone owns; what it borrows of
    // others is only there during a call.

    let headers: UnsafeMutablePointer<parley_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<SystemAddress>
    private let control: UnsafeMutableRawPointer
    private let datagrams: UnsafeMutablePointer<Int>
    private(set) var count = 0

    /// Whether the socket takes departures (``Socket/setDeparture(clock:flags:)``). Otherwise they are passed over.
    public var holdsDepartures = false

    /// The most pieces of one call.
    public static let piecesMax = 64

    public init() {
        unsafe headers = .allocate(capacity: Self.piecesMax)
        unsafe vectors = .allocate(capacity: Self.piecesMax)
        unsafe datagrams = .allocate(capacity: Self.piecesMax)
        unsafe names = .allocate(capacity: Self.piecesMax)
        unsafe control = .allocate(byteCount: Self.piecesMax * ControlMessages.sentBytesMax, alignment: 16)
        unsafe vectors.initialize(repeating: iovec(), count: Self.piecesMax)
        unsafe datagrams.initialize(repeating: 0, count: Self.piecesMax)
        unsafe headers.initialize(repeating: parley_mmsghdr(), count: Self.piecesMax)
        unsafe names.initialize(repeating: SystemAddress(), count: Self.piecesMax)
        for index in 0..<Self.piecesMax {
            unsafe headers[index].msg_hdr.msg_iov = vectors + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe vectors.deallocate()
        unsafe datagrams.deallocate()
        unsafe names.deallocate()
        unsafe control.deallocate()
    }

    /// How many datagrams the first piece of the last call held: more than one are a piece that the kernel was to cut.
    public var firstPieceDatagrams: Int { unsafe count == 0 ? 0 : datagrams[0] }

    /// Goes past the first `pieces` pieces.
    ///
    /// - Returns: how many datagrams they hold.
    func advance(_ position: inout TransmitPosition, past pieces: Int, of list: Span<Transmit>) -> Int {
        var sum = 0
        for piece in 0..<pieces {
            sum += unsafe datagrams[piece]
            unsafe position.advance(by: vectors[piece].iov_len, in: list[position.index])
        }
        return sum
    }

    /// Cuts the trains from a position on into pieces, as many as fit.
    ///
    /// - Parameters:
    ///   - limits: what the kernel may be asked to cut on the way to a recipient.
    ///   - peer: whom the socket is connected to; asked for once at most, where a train has a source and no recipient.
    ///   - serviceByte: what the socket's packets have beside ``ECN``; asked for once at most, where a train has its
    ///     own.
    /// - Returns: why no socket of this family can send the first one.
    mutating func plan(
        _ bytes: UnsafeRawPointer,
        byteCount: Int,
        _ list: Span<Transmit>,
        from position: TransmitPosition,
        for family: SocketFamily,
        cutting limits: (SocketAddress?) -> SegmentLimits,
        peer: () -> SocketAddress?,
        serviceByte: () -> UInt8
    ) -> ErrorCode? {
        count = 0
        var knownPeer: SocketAddress??
        var knownService: UInt8?
        var offset = position.offset
        var index = position.index
        while index < list.count, count < Self.piecesMax {
            let train = list[index]
            precondition(train.bytes.upperBound <= byteCount, "a train has bytes that are not there")
            let first = count
            if let code = address(train, for: family) { return first == 0 ? code : nil }
            var source = train.source
            if let wanted = source, family == .ipv6 {
                if train.recipient == nil, knownPeer == nil { knownPeer = .some(peer()) }
                switch ControlMessages.fitness(of: wanted, to: train.recipient ?? knownPeer ?? nil) {
                case .fits: break
                case .isNone: source = nil
                case .isOfOtherFamily: return first == 0 ? .addressFamilyNotSupported : nil
                }
            }
            var service: UInt8?
            if let ecn = train.ecn {
                let byte = knownService ?? serviceByte()
                knownService = byte
                service = byte & ~3 | ecn.rawValue
            }
            let size = train.segmentBytes
            let isTrain = size > 0 && train.bytes.count > size
            var datagramsMax = 1
            if isTrain {
                let limits = limits(train.recipient)
                let isCut = size <= limits.datagramBytesMax
                datagramsMax = isCut ? min(limits.datagramsMax, SegmentLimits.pieceBytesMax / size) : 1
            }
            repeat {
                let left = train.bytes.count - offset
                let taken = isTrain ? min(left, max(1, datagramsMax) * size) : left
                let cut = isTrain && taken > size ? size : 0
                unsafe vectors[count] = iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: bytes + train.bytes.lowerBound + offset),
                    iov_len: taken
                )
                unsafe datagrams[count] = cut == 0 ? 1 : (taken + size - 1) / size
                if count > first { repeatName(of: first) }
                guard describe(train, from: source, cut: cut, service, for: family) else {
                    return first == 0 ? .addressFamilyNotSupported : nil
                }
                offset += taken
                count += 1
            } while offset < train.bytes.count && count < Self.piecesMax
            offset = 0
            index += 1
        }
        return nil
    }

    /// Takes the recipient of a train for its first piece.
    ///
    /// - Returns: why no socket of this family can send there.
    private mutating func address(_ train: Transmit, for family: SocketFamily) -> ErrorCode? {
        guard let recipient = train.recipient else {
            unsafe headers[count].msg_hdr.msg_name = nil
            unsafe headers[count].msg_hdr.msg_namelen = 0
            return nil
        }
        guard let system = SystemAddress(recipient, for: family) else {
            return SystemAddress.refusal(of: recipient, for: family)
        }
        unsafe names[count] = system
        unsafe headers[count].msg_hdr.msg_name = UnsafeMutableRawPointer(names + count)
        unsafe headers[count].msg_hdr.msg_namelen = system.length
        return nil
    }

    private mutating func repeatName(of piece: Int) {
        unsafe headers[count].msg_hdr.msg_name = headers[piece].msg_hdr.msg_name
        unsafe headers[count].msg_hdr.msg_namelen = headers[piece].msg_hdr.msg_namelen
    }

    /// Writes what stands beside a piece.
    ///
    /// - Returns: false if a socket of this family cannot send from the source.
    private mutating func describe(
        _ train: Transmit,
        from source: SocketAddress?,
        cut segmentBytes: Int,
        _ service: UInt8?,
        for family: SocketFamily
    ) -> Bool {
        let memory = unsafe control + count * ControlMessages.sentBytesMax
        var length = 0
        if segmentBytes > 0 {
            length += unsafe ControlMessages.write(segmentBytes: segmentBytes, to: memory)
        }
        if let source {
            guard
                let written = unsafe ControlMessages.write(
                    source: source,
                    to: memory + length,
                    family: family
                )
            else { return false }
            length += written
        }
        if let service, family != .unix {
            length += unsafe ControlMessages.write(service: service, to: memory + length, family: family)
        }
        if holdsDepartures, let departure = train.departure {
            length += unsafe ControlMessages.write(departure: departure, to: memory + length)
        }
        unsafe headers[count].msg_hdr.msg_control = length == 0 ? nil : memory
        unsafe headers[count].msg_hdr.msg_controllen = length
        return true
    }
}

extension Socket {
    /// Sends datagrams for whomever, in order, as many as one call takes.
    ///
    /// - Parameters:
    ///   - bytes: the memory that the list's ranges mean.
    ///   - list: at least one train that has not left.
    ///   - position: where to begin; goes past what has left.
    ///   - limits: what the kernel may be asked to cut on the way to a recipient.
    /// - Returns: how many datagrams left; nil: none, wait until the socket is writable.
    /// - Throws: What became of the first piece (``SendArguments/firstPieceDatagrams``); none of it left, and
    ///   `position` is where it was. `.addressFamilyNotSupported` for a recipient or a source of another family, also
    ///   for a source of another one than the recipient's.
    ///
    /// The corresponding C function is `sendmmsg`, with UDP_SEGMENT, IP_PKTINFO, IP_TOS and SCM_TXTIME where a train
    /// says so.
    public func send(
        _ bytes: RawSpan,
        _ list: Span<Transmit>,
        at position: inout TransmitPosition,
        cutting limits: (SocketAddress?) -> SegmentLimits,
        using arguments: inout SendArguments
    ) throws(SocketError) -> Int? {
        precondition(position.index < list.count, "nothing is left to send")
        let recipient = list[position.index].recipient
        let source = list[position.index].source
        let sent = try unsafe bytes.withUnsafeBytes { (buffer) throws(SocketError) -> Int? in
            // An empty span has no address, and its datagrams are empty: any address will do.
            let base = unsafe buffer.baseAddress ?? UnsafeRawPointer(arguments.headers)
            let refusal = unsafe arguments.plan(
                base,
                byteCount: buffer.count,
                list,
                from: position,
                for: family,
                cutting: limits,
                peer: { currentPeer },
                serviceByte: { UInt8(truncatingIfNeeded: (try? typeOfService) ?? 0) }
            )
            if let refusal { throw failure(.send, refusal, from: source, to: recipient) }
            return try attempt(.send, remote: recipient) {
                unsafe Int(
                    parley_sendmmsg(
                        fileDescriptor,
                        arguments.headers,
                        UInt32(arguments.count),
                        Int32(MSG_NOSIGNAL)
                    )
                )
            }
        }
        return sent.map { arguments.advance(&position, past: $0, of: list) }
    }
}
