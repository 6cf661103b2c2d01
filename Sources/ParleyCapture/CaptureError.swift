internal import ParleyTypes

/// Why a file is no capture, or no further packet can be read from it. Offsets are bytes of the file, 0 is
/// the first.
public enum CaptureError: Error, Sendable, Hashable {
    /// The file begins as neither pcap nor pcapng does.
    case notACapture
    /// The format's version is not one that is known.
    case unknownVersion(CaptureFormat, major: UInt16, minor: UInt16)
    /// What stands at `offset` cannot be.
    case damaged(Damage, offset: Int)
    /// A packet or a block says that it has more bytes than ``CaptureLimits`` allows.
    case tooLong(bytes: Int, maximum: Int, offset: Int)
    /// The file ended inside the packet or block that begins at `offset`.
    case endsInside(offset: Int)

    /// What is wrong with a block.
    public enum Damage: Sendable, Hashable {
        /// Its length is less than its own header, or no multiple of four.
        case length(UInt32)
        /// The length at its end differs from that at its beginning.
        case lengths(first: UInt32, last: UInt32)
        /// It is shorter than what it says that it holds.
        case tooShort
        /// A section's byte-order mark is none.
        case byteOrderMark(UInt32)
        /// It belongs to an interface that the section has not described.
        case unknownInterface(UInt32)
        /// The section describes more interfaces than ``CaptureLimits/interfacesMax``.
        case tooManyInterfaces(maximum: Int)
    }
}

extension CaptureError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notACapture:
            "this is no capture file: neither pcap nor pcapng begins so"
        case .unknownVersion(let format, let major, let minor):
            "\(format.rawValue) of version \(major).\(minor) is not known"
        case .damaged(let damage, let offset):
            "the capture is damaged at byte \(offset): \(damage)"
        case .tooLong(let bytes, let maximum, let offset):
            "the capture is damaged at byte \(offset): \(bytes) bytes in a packet, at most \(maximum) are read"
        case .endsInside(let offset):
            "the capture ends inside the packet that begins at byte \(offset): it was cut short"
        }
    }
}

extension CaptureError.Damage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .length(let length): "no block has \(Phrase.count(length, "byte"))"
        case .lengths(let first, let last): "the block's length is \(first) in front and \(last) at its end"
        case .tooShort: "the block is shorter than what it says that it holds"
        case .byteOrderMark(let mark): "0x\(String(mark, radix: 16)) is no byte-order mark"
        case .unknownInterface(let number): "no interface \(number) was described"
        case .tooManyInterfaces(let maximum): "more than \(maximum) interfaces"
        }
    }
}
