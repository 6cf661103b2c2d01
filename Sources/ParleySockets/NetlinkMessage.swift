internal import CParleyLinux
public import ParleyTypes

/// One message of a netlink datagram, read where it lies.
public struct NetlinkMessage: ~Escapable {
    public let type: NetlinkMessageType
    public let flags: NetlinkFlags
    /// The number of the request that it answers; 0 in what nobody asked for.
    public let sequence: UInt32
    /// The port of the socket that asked; 0 in what nobody asked for.
    public let port: UInt32
    /// What follows the header: a structure of the protocol, and attributes.
    public let payload: RawSpan

    @_lifetime(copy payload)
    init(header: nlmsghdr, payload: RawSpan) {
        type = NetlinkMessageType(rawValue: header.nlmsg_type)
        flags = NetlinkFlags(rawValue: header.nlmsg_flags)
        sequence = header.nlmsg_seq
        port = header.nlmsg_pid
        self.payload = payload
    }

    /// The attributes after a structure of `byteCount` bytes; none where the payload is shorter.
    @_lifetime(copy self)
    public func attributes(after byteCount: Int) -> NetlinkAttributes {
        let start = NetlinkMessages.aligned(max(0, byteCount))
        return NetlinkAttributes(payload.extracting(min(start, payload.byteCount)..<payload.byteCount))
    }

    /// What a message of the protocol itself says about the request.
    public enum Outcome: Sendable, Hashable {
        /// The request was done (NLMSG_ERROR with 0).
        case acknowledged
        /// The last message of several (NLMSG_DONE).
        case finished
        /// The request failed (NLMSG_ERROR, or NLMSG_DONE with an error).
        case failed(ErrorCode)
        /// Data was lost (NLMSG_OVERRUN).
        case overrun
        /// To be skipped (NLMSG_NOOP).
        case nothing
    }

    /// What the protocol itself says; nil for what the request was about.
    ///
    /// - Throws: An error message that is too short for its number.
    public func outcome() throws(NetlinkFormatError) -> Outcome? {
        switch type {
        case .nothing: return .nothing
        case .overrun: return .overrun
        case .error:
            guard payload.byteCount >= 4 else { throw .errorWithoutNumber(bytes: payload.byteCount) }
            let code = Self.code(payload.number(at: 0))
            return code.map { .failed($0) } ?? .acknowledged
        case .done:
            // Some dumps end without a number.
            guard payload.byteCount >= 4, let code = Self.code(payload.number(at: 0)) else {
                return .finished
            }
            return .failed(code)
        default: return nil
        }
    }

    /// The kernel counts errors downwards from 0; what else may stand there is no errno(3).
    private static func code(_ number: Int32) -> ErrorCode? {
        number == 0 ? nil : ErrorCode(rawValue: (-4095..<0).contains(number) ? -number : 71)
    }
}

/// Which message of its protocol a netlink message is.
public struct NetlinkMessageType: RawRepresentable, Sendable, Hashable {
    public var rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// NLMSG_NOOP
    public static let nothing = NetlinkMessageType(rawValue: 1)
    /// NLMSG_ERROR
    public static let error = NetlinkMessageType(rawValue: 2)
    /// NLMSG_DONE
    public static let done = NetlinkMessageType(rawValue: 3)
    /// NLMSG_OVERRUN
    public static let overrun = NetlinkMessageType(rawValue: 4)
    /// RTM_NEWLINK
    public static let newLink = NetlinkMessageType(rawValue: 16)
    /// RTM_GETLINK
    public static let getLink = NetlinkMessageType(rawValue: 18)
    /// SOCK_DIAG_BY_FAMILY
    public static let socketsByFamily = NetlinkMessageType(rawValue: 20)
}

/// The flags of a netlink header.
public struct NetlinkFlags: OptionSet, Sendable, Hashable {
    public var rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// NLM_F_REQUEST: of everything that is asked.
    public static let request = NetlinkFlags(rawValue: 0x1)
    /// NLM_F_MULTI: more messages follow, up to NLMSG_DONE.
    public static let multiple = NetlinkFlags(rawValue: 0x2)
    /// NLM_F_ACK: success shall be said too.
    public static let acknowledge = NetlinkFlags(rawValue: 0x4)
    /// NLM_F_DUMP_INTR: what is being listed changed meanwhile, so that entries may be missing or double.
    public static let interrupted = NetlinkFlags(rawValue: 0x10)
    /// NLM_F_DUMP: all entries instead of one.
    public static let dump = NetlinkFlags(rawValue: 0x300)
}

/// Why the bytes of a datagram are no netlink messages.
public enum NetlinkFormatError: Error, Sendable, Hashable {
    /// Fewer bytes are left than a header has.
    case shortHeader(offset: Int, bytes: Int)
    /// A message's length does not even cover its header, or goes beyond the datagram.
    case badLength(offset: Int, length: UInt32, available: Int)
    /// An error message ends before its number.
    case errorWithoutNumber(bytes: Int)
    /// An attribute's length does not even cover its header, or goes beyond its message.
    case badAttribute(offset: Int, length: UInt16, available: Int)
}

extension NetlinkFormatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .shortHeader(let offset, let bytes):
            "The netlink datagram has \(bytes) bytes at offset \(offset), where a header of 16 must begin."
        case .badLength(let offset, let length, let available):
            "The netlink message at offset \(offset) claims \(length) bytes: its header has 16, and "
                + "\(available) are there."
        case .errorWithoutNumber(let bytes):
            "The netlink error message has \(bytes) bytes: its number needs 4."
        case .badAttribute(let offset, let length, let available):
            "The netlink attribute at offset \(offset) claims \(length) bytes: its header has 4, and "
                + "\(available) are there."
        }
    }
}
