internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// Room for many datagrams that one system call fills. Made once and used again: nothing is allocated per
/// datagram.
///
/// The memory for the bytes is `capacity` × `slotBytes`; pages that no datagram touched cost nothing.
@safe public struct DatagramBatch: ~Copyable, @unchecked Sendable {
    // Safe and Sendable by hand: the pointers lead to memory that this value alone owns, and indices are
    // checked.

    /// How many datagrams fit.
    public let capacity: Int
    /// How many bytes of each datagram fit; the rest would be lost.
    public let slotBytes: Int
    /// How many datagrams the last ``Socket/receive(into:)-(DatagramBatch)`` brought.
    public internal(set) var count = 0

    let headers: UnsafeMutablePointer<parley_mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<sockaddr_storage>
    private let control: UnsafeMutableRawPointer
    private let bytes: UnsafeMutableRawPointer
    private let ownsBytes: Bool
    /// How many headers the kernel may have written since they were last made ready.
    private var usedCount = 0

    /// The most datagrams that one call of recvmmsg(2) or sendmmsg(2) takes (UIO_MAXIOV).
    public static let capacityMax = 1024

    /// - Parameters:
    ///   - capacity: 1 to ``capacityMax``.
    ///   - slotBytes: 1 to 65536; 65527 is the largest UDP payload, and Unix datagrams may be larger.
    public init(capacity: Int, slotBytes: Int) {
        unsafe self.init(capacity: capacity, slotBytes: slotBytes, lending: nil)
    }

    /// A batch that fills somebody else's memory.
    ///
    /// - Parameter memory: `capacity` × `slotBytes` bytes that outlive the batch; nil allocates them.
    @unsafe public init(capacity: Int, slotBytes: Int, lending memory: UnsafeMutableRawBufferPointer?) {
        precondition((1...Self.capacityMax).contains(capacity), "a batch holds 1 to 1024 datagrams")
        precondition((1...1 << 20).contains(slotBytes), "a slot has 1 byte to 1 MiB")
        self.capacity = capacity
        self.slotBytes = slotBytes
        unsafe headers = .allocate(capacity: capacity)
        unsafe vectors = .allocate(capacity: capacity)
        unsafe names = .allocate(capacity: capacity)
        unsafe control = .allocate(byteCount: capacity * ControlMessages.receivedBytesMax, alignment: 16)
        let isEnough = unsafe memory.map { $0.count >= capacity * slotBytes } ?? true
        precondition(isEnough, "too little memory is lent")
        ownsBytes = unsafe memory == nil
        unsafe bytes = memory?.baseAddress ?? .allocate(byteCount: capacity * slotBytes, alignment: 64)
        unsafe names.initialize(repeating: sockaddr_storage(), count: capacity)
        for index in 0..<capacity {
            unsafe vectors.advanced(by: index).initialize(
                to: iovec(iov_base: bytes + index * slotBytes, iov_len: slotBytes)
            )
            unsafe headers.advanced(by: index).initialize(to: parley_mmsghdr())
            unsafe headers[index].msg_hdr.msg_iov = vectors + index
            unsafe headers[index].msg_hdr.msg_iovlen = 1
            unsafe headers[index].msg_hdr.msg_name = UnsafeMutableRawPointer(names + index)
            unsafe headers[index].msg_hdr.msg_control = control + index * ControlMessages.receivedBytesMax
        }
        usedCount = capacity
    }

    deinit {
        unsafe headers.deallocate()
        unsafe vectors.deallocate()
        unsafe names.deallocate()
        unsafe control.deallocate()
        if ownsBytes { unsafe bytes.deallocate() }
    }

    /// Gives back to each used header the lengths that the kernel took.
    ///
    /// - Parameter family: a Unix socket gets no room for control messages: all it could be told is
    ///   descriptors that a peer passes, and without room the kernel closes them instead of leaving them open
    ///   in this process.
    mutating func rearm(for family: SocketFamily) {
        let controlBytes = family == .unix ? 0 : ControlMessages.receivedBytesMax
        for index in 0..<usedCount {
            unsafe headers[index].msg_hdr.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
            unsafe headers[index].msg_hdr.msg_controllen = controlBytes
        }
        // The kernel touches one header more than it reports when an error ends a batch.
        usedCount = 0
        count = 0
    }

    /// Notes how many headers the kernel wrote.
    mutating func finish(_ count: Int) {
        self.count = count
        usedCount = min(count + 1, capacity)
    }
}

extension DatagramBatch {
    /// The bytes of one datagram, cut at ``slotBytes``. May be empty: a datagram without bytes is one.
    @_lifetime(borrow self)
    public func bytes(_ index: Int) -> RawSpan {
        precondition(index >= 0 && index < count, "the batch has no such datagram")
        let size = unsafe min(Int(headers[index].msg_len), slotBytes)
        let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(bytes + index * slotBytes), byteCount: size)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// How many bytes the datagram had when it was sent.
    public func sentByteCount(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "the batch has no such datagram")
        return unsafe Int(headers[index].msg_len)
    }

    /// Whether bytes were lost because the slot was too short.
    public func isTruncated(_ index: Int) -> Bool {
        sentByteCount(index) > slotBytes
    }

    /// Who sent the datagram; `.unix(.unnamed)` where the sender has no address.
    public func sender(_ index: Int) -> SocketAddress {
        precondition(index >= 0 && index < count, "the batch has no such datagram")
        let length = unsafe Int(headers[index].msg_hdr.msg_namelen)
        let name = unsafe UnsafeRawBufferPointer(
            start: names + index,
            count: MemoryLayout<sockaddr_storage>.size
        )
        return unsafe SocketAddress(system: name, length: length) ?? .unix(.unnamed)
    }

    /// What else the kernel told about the datagram.
    public func arrival(_ index: Int) -> Arrival {
        precondition(index >= 0 && index < count, "the batch has no such datagram")
        return unsafe Arrival(&headers[index].msg_hdr)
    }

    /// The address of this host that was asked, with port 0: answer from it. See ``Arrival/localAddress``.
    public func localAddress(_ index: Int) -> SocketAddress? {
        arrival(index).localAddress
    }

    /// How many datagrams the socket had lost to a full queue when the last one of the batch was queued; 0
    /// for an empty batch.
    public var drops: UInt32 {
        count == 0 ? 0 : arrival(count - 1).drops
    }
}
