internal import Glibc
public import ParleyTypes

/// Which sockets the running kernel makes, and makes for this process. The kernel is asked each time.
public enum SocketSupport {
    /// What became of a try.
    public enum Verdict: Sendable, Hashable {
        case works
        /// The kernel has it and this process may not: the error says which right is missing.
        case lacksRight(SocketError)
        /// The kernel has it not: the error names what was asked for and the kernel's option.
        case absent(SocketError)
    }

    /// Makes such a socket and closes it. The kernel may load a module for it.
    ///
    /// - Throws: What says nothing about support: no descriptor left, no memory.
    ///
    /// The corresponding C functions are `socket` and `close`.
    public static func probe(_ shape: SocketShape) throws(SocketError) -> Verdict {
        do throws(SocketError) {
            try Socket(shape.family, shape.kind, protocolNumber: shape.protocolNumber).close()
            return .works
        } catch {
            switch error.code {
            case .notPermitted, .permissionDenied: return .lacksRight(error)
            case .addressFamilyNotSupported, .protocolFamilyNotSupported, .protocolNotSupported,
                .socketTypeNotSupported, .operationNotSupported, .invalidArgument, .noSuchDevice,
                .protocolOptionUnavailable, .noSuchFile:
                return .absent(error)
            default: throw error
            }
        }
    }

    /// ``probe(_:)`` by its parts.
    public static func probe(
        _ family: SocketFamily,
        _ kind: SocketKind,
        _ ip: IPProtocol = .standard
    ) throws(SocketError) -> Verdict {
        try probe(SocketShape(family, kind, ip))
    }

    /// Tries all of ``known``.
    public static func survey() throws(SocketError) -> [(shape: SocketShape, verdict: Verdict)] {
        var results: [(shape: SocketShape, verdict: Verdict)] = []
        for shape in known { results.append((shape, try probe(shape))) }
        return results
    }
}

extension SocketSupport.Verdict: CustomStringConvertible {
    /// `works`, or the error's sentences.
    public var description: String {
        switch self {
        case .works: "works"
        case .lacksRight(let error), .absent(let error): error.description
        }
    }
}

extension SocketSupport {
    /// Every family that Linux has or had with each kind that it knows, and the protocols over IP: what to
    /// ask for, not what there is.
    public static let known: [SocketShape] = {
        var shapes = [AF_INET, AF_INET6].flatMap { shapesOverIP(SocketFamily(rawValue: $0)) }
        for (family, kinds) in kindsOfFamilies {
            shapes += kinds.map {
                SocketShape(SocketFamily(rawValue: family), $0.kind, protocolNumber: $0.number)
            }
        }
        return shapes
    }()

    private static func shapesOverIP(_ family: SocketFamily) -> [SocketShape] {
        let ping: IPProtocol = family == .ipv4 ? .icmp : .icmpv6
        return [
            SocketShape(family, .stream), SocketShape(family, .datagram),
            SocketShape(family, .datagram, .udpLite), SocketShape(family, .stream, .multipathTCP),
            SocketShape(family, .stream, .sctp), SocketShape(family, .sequencedPacket, .sctp),
            SocketShape(family, SocketKind(rawValue: 6), protocolNumber: 33),  // SOCK_DCCP
            SocketShape(family, .stream, protocolNumber: 256),  // IPPROTO_SMC
            SocketShape(family, .datagram, ping), SocketShape(family, .raw, ping),
            SocketShape(family, .raw, .raw), SocketShape(family, .sequencedPacket),
            SocketShape(family, .reliableDatagram),
        ]
    }

    /// The kinds that each family has in the kernel's source, with the protocol that the kind needs.
    private static let kindsOfFamilies: [(Int32, [(kind: SocketKind, number: Int32)])] = [
        (1, [(.stream, 0), (.datagram, 0), (.sequencedPacket, 0), (.raw, 0), (.reliableDatagram, 0)]),
        (16, [(.raw, 0), (.datagram, 0)]),
        (17, [(.raw, 0), (.datagram, 0)]),
        (40, [(.stream, 0), (.sequencedPacket, 0), (.datagram, 0)]),
        (44, [(.raw, 0)]),
        (3, [(.sequencedPacket, 0), (.datagram, 0), (.raw, 0)]),
        (4, [(.datagram, 0)]),
        (5, [(.datagram, 0), (.raw, 0)]),
        (6, [(.sequencedPacket, 0)]),
        (8, [(.datagram, 0)]),
        (9, [(.sequencedPacket, 0)]),
        (11, [(.sequencedPacket, 0)]),
        (12, [(.stream, 0), (.sequencedPacket, 0)]),
        (15, [(.raw, 2)]),
        (20, [(.datagram, 0)]),
        (21, [(.sequencedPacket, 0)]),
        (23, [(.stream, 0), (.sequencedPacket, 0), (.datagram, 0)]),
        (24, [(.stream, 0)]),
        (26, [(.stream, 0), (.datagram, 0)]),
        (29, [(.raw, 1), (.datagram, 2)]),
        (30, [(.stream, 0), (.datagram, 0), (.sequencedPacket, 0), (.reliableDatagram, 0)]),
        (31, [(.sequencedPacket, 0), (.stream, 3), (.raw, 1)]),
        (32, [(.stream, 0), (.sequencedPacket, 0)]),
        (33, [(.datagram, 2)]),
        (34, [(.raw, 0)]),
        (35, [(.datagram, 0), (.sequencedPacket, 0)]),
        (36, [(.datagram, 0), (.raw, 0)]),
        (37, [(.stream, 0), (.sequencedPacket, 0)]),
        (38, [(.sequencedPacket, 0)]),
        (39, [(.stream, 1), (.datagram, 1), (.raw, 1)]),
        (41, [(.datagram, 0), (.sequencedPacket, 0)]),
        (42, [(.datagram, 0)]),
        (43, [(.stream, 0)]),
        (45, [(.datagram, 0)]),
    ]
}
