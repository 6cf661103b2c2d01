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

/// The arguments of a sendmmsg(2) for datagrams that go to one recipient and lie one after another in memory.
/// Made once and used again: sending allocates nothing and copies nothing.
///
/// Neighbours of equal size go as one piece, which the kernel cuts: a run. A shorter one may end it.
@safe public struct DatagramRuns: ~Copyable, @unchecked Sendable {
    // Safe and Sendable by hand: the pointers lead to memory that this value alone owns; what it borrows of
    // others is only there during a call.

    let headers: UnsafeMutablePointer<parley_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let control: UnsafeMutableRawPointer
    private let datagrams: UnsafeMutablePointer<Int>
    private let name: UnsafeMutablePointer<SystemAddress>
    /// The recipient that `name` holds.
    private var named: SocketAddress?
    private var nameFamily = SocketFamily.unix
    private(set) var count = 0

    /// The most runs of one call.
    public static let runsMax = 64
    private static let controlBytes = parley_cmsg_space(MemoryLayout<UInt16>.size)

    public init() {
        unsafe headers = .allocate(capacity: Self.runsMax)
        unsafe vectors = .allocate(capacity: Self.runsMax)
        unsafe datagrams = .allocate(capacity: Self.runsMax)
        unsafe name = .allocate(capacity: 1)
        unsafe control = .allocate(byteCount: Self.runsMax * Self.controlBytes, alignment: 16)
        unsafe vectors.initialize(repeating: iovec(), count: Self.runsMax)
        unsafe datagrams.initialize(repeating: 0, count: Self.runsMax)
        unsafe headers.initialize(repeating: parley_mmsghdr(), count: Self.runsMax)
        unsafe name.initialize(to: SystemAddress())
        for index in 0..<Self.runsMax {
            unsafe headers[index].msg_hdr.msg_iov = vectors + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
            let memory = unsafe control + index * Self.controlBytes
            let bytes = MemoryLayout<UInt16>.size
            unsafe ControlMessages.begin(Level.udp, OffloadOption.send, bytes: bytes, at: memory)
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe vectors.deallocate()
        unsafe datagrams.deallocate()
        unsafe name.deallocate()
        unsafe control.deallocate()
    }

    /// How many datagrams the first run holds: more than one is a piece that the kernel is to cut.
    public var firstRunDatagrams: Int { unsafe count == 0 ? 0 : datagrams[0] }

    /// How many datagrams the first `runs` runs hold.
    func datagramCount(ofRuns runs: Int) -> Int {
        var sum = 0
        for index in 0..<runs { sum += unsafe datagrams[index] }
        return sum
    }

    /// Takes the recipient, nil on a connected socket.
    ///
    /// - Returns: why no socket of this family can send there.
    mutating func address(to recipient: SocketAddress?, family: SocketFamily) -> ErrorCode? {
        guard recipient != named || family != nameFamily else { return nil }
        var length: socklen_t = 0
        if let recipient {
            guard let system = SystemAddress(recipient, for: family) else {
                return SystemAddress.refusal(of: recipient, for: family)
            }
            unsafe name.pointee = system
            length = system.length
        }
        for index in 0..<Self.runsMax {
            unsafe headers[index].msg_hdr.msg_name = length == 0 ? nil : UnsafeMutableRawPointer(name)
            unsafe headers[index].msg_hdr.msg_namelen = length
        }
        named = recipient
        nameFamily = family
        return nil
    }

    /// Cuts the datagrams from `first` on into runs, as many as fit.
    mutating func plan(_ bytes: UnsafeRawPointer, _ ends: [Int], from first: Int, _ limits: SegmentLimits) {
        count = 0
        var next = first
        var start = first == 0 ? 0 : ends[first - 1]
        while next < ends.count, count < Self.runsMax {
            let size = ends[next] - start
            let origin = start
            let before = next
            start = ends[next]
            next += 1
            if size > 0, size <= limits.datagramBytesMax {
                let last = min(ends.count, before + limits.datagramsMax)
                while next < last {
                    let following = ends[next] - start
                    guard following > 0, following <= size,
                        ends[next] - origin <= SegmentLimits.pieceBytesMax
                    else { break }
                    start = ends[next]
                    next += 1
                    if following < size { break }
                }
            }
            unsafe put(bytes + origin, start - origin, datagrams: next - before, each: size)
        }
    }

    private mutating func put(_ bytes: UnsafeRawPointer, _ byteCount: Int, datagrams: Int, each size: Int) {
        unsafe vectors[count] = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes), iov_len: byteCount)
        unsafe self.datagrams[count] = datagrams
        if datagrams > 1 {
            let memory = unsafe control + count * Self.controlBytes
            unsafe memory.storeBytes(
                of: UInt16(size),
                toByteOffset: ControlMessages.dataOffset,
                as: UInt16.self
            )
            unsafe headers[count].msg_hdr.msg_control = memory
            unsafe headers[count].msg_hdr.msg_controllen = Self.controlBytes
        } else {
            unsafe headers[count].msg_hdr.msg_control = nil
            unsafe headers[count].msg_hdr.msg_controllen = 0
        }
        count += 1
    }
}

extension Socket {
    /// Sends datagrams that lie one after another to one recipient, as many as one call takes.
    ///
    /// - Parameters:
    ///   - bytes: the datagrams one after another.
    ///   - ends: where each ends in `bytes`, rising.
    ///   - first: the first one to send; those before it are passed over.
    ///   - recipient: nil on a connected socket.
    ///   - limits: what the kernel may be asked to cut.
    /// - Returns: how many datagrams left; nil: none, wait until the socket is writable.
    /// - Throws: What became of the first run (``DatagramRuns/firstRunDatagrams``); none of it left.
    ///
    /// The corresponding C function is `sendmmsg`, with UDP_SEGMENT where a run has several datagrams.
    public func send(
        _ bytes: RawSpan,
        endingAt ends: [Int],
        from first: Int,
        to recipient: SocketAddress?,
        cutting limits: SegmentLimits,
        using runs: inout DatagramRuns
    ) throws(SocketError) -> Int? {
        precondition(first < ends.count && ends[ends.count - 1] <= bytes.byteCount, "no such datagram")
        if let code = runs.address(to: recipient, family: family) {
            throw failure(.send, code, remote: recipient)
        }
        return try unsafe bytes.withUnsafeBytes { (buffer) throws(SocketError) -> Int? in
            // An empty span has no address, and its datagrams are empty: any address will do.
            let base = unsafe buffer.baseAddress ?? UnsafeRawPointer(runs.headers)
            unsafe runs.plan(base, ends, from: first, limits)
            let sent = try attempt(.send, remote: recipient) {
                unsafe Int(
                    parley_sendmmsg(fileDescriptor, runs.headers, UInt32(runs.count), Int32(MSG_NOSIGNAL))
                )
            }
            return sent.map { runs.datagramCount(ofRuns: $0) }
        }
    }
}
