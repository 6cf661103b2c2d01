internal import CParleyLinux

/// The messages of a netlink datagram, one after another. It never reads outside its bytes, whatever they are.
public struct NetlinkMessages: ~Escapable {
    private let bytes: RawSpan
    /// Where the next message begins.
    public private(set) var offset = 0

    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The next message, nil at the end.
    ///
    /// - Throws: A header that is cut off, a length that cannot be. There is no message after it.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func next() throws(NetlinkFormatError) -> NetlinkMessage? {
        let available = bytes.byteCount - offset
        guard available > 0 else { return nil }
        guard available >= Self.headerBytes else {
            defer { offset = bytes.byteCount }
            throw .shortHeader(offset: offset, bytes: available)
        }
        let header = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: nlmsghdr.self)
        guard header.nlmsg_len >= Self.headerBytes, header.nlmsg_len <= available else {
            defer { offset = bytes.byteCount }
            throw .badLength(offset: offset, length: header.nlmsg_len, available: available)
        }
        let end = offset + Int(header.nlmsg_len)
        let payload = bytes.extracting(offset + Self.headerBytes..<end)
        // The last message may lack the bytes that fill it up.
        offset = min(Self.aligned(end), bytes.byteCount)
        return NetlinkMessage(header: header, payload: payload)
    }

    static let headerBytes = 16

    /// Messages and attributes begin at multiples of four.
    static func aligned(_ count: Int) -> Int { (count + 3) & ~3 }
}

/// The attributes of a netlink message, or of another attribute that holds some.
public struct NetlinkAttributes: ~Escapable {
    private let bytes: RawSpan
    private var offset = 0

    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The next attribute, nil at the end.
    ///
    /// - Throws: A length that cannot be. There is no attribute after it.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func next() throws(NetlinkFormatError) -> NetlinkAttribute? {
        let available = bytes.byteCount - offset
        // Fewer bytes than a header are filling.
        guard available >= NetlinkAttribute.headerBytes else { return nil }
        let length: UInt16 = bytes.number(at: offset)
        guard Int(length) >= NetlinkAttribute.headerBytes, Int(length) <= available else {
            defer { offset = bytes.byteCount }
            throw .badAttribute(offset: offset, length: length, available: available)
        }
        let end = offset + Int(length)
        let value = bytes.extracting(offset + NetlinkAttribute.headerBytes..<end)
        let type: UInt16 = bytes.number(at: offset + 2)
        offset = min(NetlinkMessages.aligned(end), bytes.byteCount)
        return NetlinkAttribute(type: type, value: value)
    }
}

/// One attribute: a number that says what it is, and bytes.
public struct NetlinkAttribute: ~Escapable {
    /// What it is, without the two highest bits, which only say how it is written.
    public let type: UInt16
    public let value: RawSpan

    @_lifetime(copy value)
    init(type: UInt16, value: RawSpan) {
        self.type = type & 0x3FFF
        self.value = value
    }

    /// The value as a number in host order; nil if it has another size.
    public func number<Number: FixedWidthInteger & BitwiseCopyable>(as _: Number.Type = Number.self)
        -> Number?
    {
        value.byteCount == MemoryLayout<Number>.size ? value.number(at: 0) : nil
    }

    /// The value as text, up to the first NUL, with U+FFFD for what is no UTF-8.
    public var text: String {
        unsafe value.withUnsafeBytes { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The attributes that the value consists of.
    public var attributes: NetlinkAttributes {
        @_lifetime(copy self) get { NetlinkAttributes(value) }
    }

    static let headerBytes = 4
}
