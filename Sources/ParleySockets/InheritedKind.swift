internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// What a socket of unknown origin turns out to be.
public struct InheritedKind: Sendable, Hashable {
    public var family: SocketFamily
    public var kind: SocketKind
    /// Whether peers connect to it.
    public var isListening: Bool
    /// Whether it has one peer.
    public var isConnected: Bool

    /// How an endpoint calls it; nil for a socket that none describes.
    public var transport: Transport? {
        switch (family, kind) {
        case (.ipv4, .stream), (.ipv6, .stream): .tcp
        case (.ipv4, .datagram), (.ipv6, .datagram): .udp
        case (.unix, .stream): .unix
        case (.unix, .datagram): .unixgram
        case (.unix, .sequencedPacket): Transport(rawValue: "seqpacket")
        default: nil
        }
    }

    /// Looks at a descriptor; nil when it is no socket.
    ///
    /// The corresponding C function is `getsockopt` (SO_DOMAIN, SO_TYPE, SO_ACCEPTCONN).
    init?(_ descriptor: Int32) {
        func option(_ name: Int32) -> Int32? {
            var value: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
        }
        guard let domain = option(SO_DOMAIN), let type = option(SO_TYPE) else { return nil }
        family = SocketFamily(rawValue: domain)
        kind = SocketKind(rawValue: type)
        isListening = option(SO_ACCEPTCONN) ?? 0 != 0
        var address = SystemAddress()
        isConnected = unsafe address.withMutablePointer { unsafe getpeername(descriptor, $0, $1) } == 0
    }
}

extension InheritedKind: CustomStringConvertible {
    /// `a listening tcp socket`
    public var description: String {
        let state = isListening ? "listening " : isConnected ? "connected " : "unconnected "
        return "\(isListening || isConnected ? "a" : "an") \(state)\(transport?.rawValue ?? "other") socket"
    }
}
