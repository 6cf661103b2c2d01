/// Who may share a port with this socket. Linux is exclusive unless both sides opt in.
public enum PortReuse: String, Sendable, Hashable, CaseIterable {
    /// Nobody. The default, except for TCP listeners and members of groups.
    case exclusive
    /// The next run of a server may bind while connections of the last one still wait in TIME_WAIT (60
    /// seconds). Two *listeners* never share a port by it. For streams only; the default of TCP listeners.
    /// (SO_REUSEADDR)
    case restartable
    /// Several sockets of one user; the kernel gives each peer to one of them by a hash. (SO_REUSEPORT)
    case loadBalanced
    /// Every member on this host gets a copy of every datagram. Only for a multicast or broadcast address,
    /// because on a unicast port any process could take all datagrams by it. (SO_REUSEADDR)
    case groupMember = "group"
}
