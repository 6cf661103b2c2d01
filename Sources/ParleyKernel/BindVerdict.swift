public import ParleyTypes

/// Whether a bind would succeed, reasoned from facts and never tried: on UDP a try takes other people's datagrams.
public enum BindVerdict: Sendable, Hashable {
    case succeeds
    /// The kernel would refuse it; these are in the way.
    case fails(ErrorCode, because: [Obstacle])
    /// The host refuses it, whoever else is there.
    case refused(ErrorCode, Cause)
    /// It depends on options of other sockets that are not known: it succeeds if all of these conditions hold, and
    /// is EADDRINUSE if none of them does.
    case depends(on: [Obstacle])

    /// A socket in the way, and what would have to be different.
    public struct Obstacle: Sendable, Hashable {
        public var socket: KernelSocket
        public var reason: Reason

        public init(_ socket: KernelSocket, _ reason: Reason) {
            self.socket = socket
            self.reason = reason
        }
    }

    /// Why a socket is in the way.
    public enum Reason: Sendable, Hashable {
        /// A listening socket, which SO_REUSEADDR never shares.
        case listens
        /// SO_REUSEADDR is missing on these sides.
        case needsReuseAddress(ours: Bool, theirs: Bool)
        /// SO_REUSEPORT is missing on these sides.
        case needsReusePort(ours: Bool, theirs: Bool)
        /// Both have SO_REUSEPORT, and the users differ; nil where theirs is not known.
        case otherUser(UInt32?)
        /// An IPv6 socket in the way of an IPv4 address, unless it has IPV6_V6ONLY, which is not known.
        case mayTakeIPv4
    }

    /// Why the host refuses an address.
    public enum Cause: Sendable, Hashable {
        /// EACCES: a port that needs CAP_NET_BIND_SERVICE.
        case privilegedPort(below: UInt16)
        /// EADDRNOTAVAIL: no interface of this host has the address.
        case foreignAddress
        /// EINVAL: a link-local address means nothing without its interface.
        case needsInterface
    }
}
