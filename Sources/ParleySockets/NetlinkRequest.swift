internal import CParleyLinux

/// A message to the kernel, put together piece by piece.
public struct NetlinkRequest: Sendable, Hashable {
    /// The message as it is sent.
    public private(set) var bytes: [UInt8]
    /// The number that its answers carry.
    public let sequence: UInt32

    /// A message with its header alone.
    ///
    /// - Parameter flags: ``NetlinkFlags/request`` is added.
    public init(_ type: NetlinkMessageType, _ flags: NetlinkFlags = [], sequence: UInt32) {
        var header = nlmsghdr()
        header.nlmsg_len = UInt32(NetlinkMessages.headerBytes)
        header.nlmsg_type = type.rawValue
        header.nlmsg_flags = flags.union(.request).rawValue
        header.nlmsg_seq = sequence
        bytes = unsafe withUnsafeBytes(of: header) { unsafe Array($0) }
        self.sequence = sequence
    }

    /// Adds a structure of the protocol, in host order.
    public mutating func append(_ structure: RawSpan) {
        for index in 0..<structure.byteCount { bytes.append(structure.number(at: index)) }
        finish()
    }

    /// Adds an attribute.
    ///
    /// - Precondition: The value has at most 65,531 bytes: the length has 16 bits.
    public mutating func append(attribute type: UInt16, _ value: RawSpan) {
        precondition(value.byteCount <= 65_531, "a netlink attribute has at most 65531 bytes")
        for number in [UInt16(value.byteCount + NetlinkAttribute.headerBytes), type] {
            unsafe withUnsafeBytes(of: number) { unsafe bytes.append(contentsOf: $0) }
        }
        append(value)
    }

    /// Fills up to a multiple of four and writes the length.
    private mutating func finish() {
        while bytes.count % 4 != 0 { bytes.append(0) }
        let length = UInt32(bytes.count)
        unsafe withUnsafeBytes(of: length) { unsafe bytes.replaceSubrange(0..<4, with: $0) }
    }
}
