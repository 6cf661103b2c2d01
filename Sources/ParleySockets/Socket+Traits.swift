internal import Glibc
internal import ParleyTypes

extension Socket {
    /// What the socket is, for an error about it; nil where the kernel does not say. Costs seven or eight system
    /// calls, so only failures ask.
    var traits: SocketTraits? {
        guard let transport else { return nil }
        return SocketTraits(
            transport: transport,
            reusesAddress: number(SOL_SOCKET, SO_REUSEADDR) == 1,
            reusesPort: number(SOL_SOCKET, SO_REUSEPORT) == 1,
            isIPv6Only: family == .ipv6 && number(Level.ipv6, IPV6_V6ONLY) == 1,
            interface: number(SOL_SOCKET, 62).map { UInt32(bitPattern: $0) } ?? 0,  // SO_BINDTOIFINDEX
            sendBufferBytes: number(SOL_SOCKET, SO_SNDBUF) ?? 0,
            outgoingInterface: outgoingInterface
        )
    }

    /// What ?interface= sets without binding the socket there. IPv4 tells it of unicast only, in network order.
    private var outgoingInterface: UInt32 {
        switch family {
        case .ipv4:
            number(Level.ip, 50).map { UInt32(bigEndian: UInt32(bitPattern: $0)) } ?? 0  // IP_UNICAST_IF
        case .ipv6:
            // IPV6_UNICAST_IF
            number(Level.ipv6, Int32(IPV6_MULTICAST_IF)).flatMap { $0 == 0 ? nil : UInt32(bitPattern: $0) }
                ?? number(Level.ipv6, 76).map { UInt32(bigEndian: UInt32(bitPattern: $0)) } ?? 0
        default: 0
        }
    }

    private var transport: Transport? {
        guard let kind = number(SOL_SOCKET, SO_TYPE) else { return nil }
        let isUnix = family == .unix
        switch kind {
        case SocketKind.stream.rawValue: return isUnix ? .unix : .tcp
        case SocketKind.datagram.rawValue where isUnix: return .unixgram
        case SocketKind.datagram.rawValue:
            // IPPROTO_UDPLITE
            return number(SOL_SOCKET, SO_PROTOCOL) == 136 ? Transport(rawValue: "udplite") : .udp
        case SocketKind.sequencedPacket.rawValue where isUnix: return .seqpacket
        default: return nil
        }
    }

    private func number(_ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(fileDescriptor, level, name, &value, &length) == 0 else { return nil }
        return value
    }
}
