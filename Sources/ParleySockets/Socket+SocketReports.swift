internal import Glibc
public import ParleyTypes

// The options of level SOL_SOCKET about what comes with messages, and about what a socket is.
// Each doc ends with the option’s name in C.

extension Socket {
    /// Whether a connection that is not answered takes another path through links that are several. Since
    /// Linux 5.18. (SO_TXREHASH)
    public var choosesPathAnew: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 74, "SO_TXREHASH") != 0 }
    }

    /// See ``choosesPathAnew``.
    public func setChoosesPathAnew(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 74, "SO_TXREHASH", to: value)
    }

    /// Whether each datagram brings the time at which it came in, in microseconds. (SO_TIMESTAMP)
    public var reportsMicroseconds: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 29, "SO_TIMESTAMP") != 0 }
    }

    /// See ``reportsMicroseconds``. Takes the place of SO_TIMESTAMPNS. The kernel reads the clock for every
    /// packet of the host while any socket asks.
    public func setReportsMicroseconds(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 29, "SO_TIMESTAMP", to: value)
    }

    /// Whether each receive brings the count of bytes that are left in the queue. Since Linux 6.18.
    /// (SO_INQ)
    public func setReportsQueuedBytes(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 84, "SO_INQ", to: value)
    }

    /// Whether each message brings its sender’s process, user and group (SCM_CREDENTIALS). (SO_PASSCRED)
    public var receivesCredentials: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 16, "SO_PASSCRED") != 0 }
    }

    /// See ``receivesCredentials``. A Unix socket without a name gets an abstract one when it sends or
    /// connects.
    public func setReceivesCredentials(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 16, "SO_PASSCRED", to: value)
    }

    /// Whether each message brings a descriptor of its sender’s process (SCM_PIDFD). Since Linux 6.5.
    /// (SO_PASSPIDFD)
    public var receivesProcessDescriptors: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 76, "SO_PASSPIDFD") != 0 }
    }

    /// See ``receivesProcessDescriptors``.
    public func setReceivesProcessDescriptors(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 76, "SO_PASSPIDFD", to: value)
    }

    /// Whether descriptors may be passed to this socket (SCM_RIGHTS); otherwise the sender gets EPERM.
    /// Since Linux 6.16. (SO_PASSRIGHTS)
    public var acceptsDescriptors: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 83, "SO_PASSRIGHTS") != 0 }
    }

    /// See ``acceptsDescriptors``.
    public func setAcceptsDescriptors(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 83, "SO_PASSRIGHTS", to: value)
    }

    /// Whether each message brings its sender’s security label (SCM_SECURITY). (SO_PASSSEC)
    public var receivesSecurityLabel: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 34, "SO_PASSSEC") != 0 }
    }

    /// See ``receivesSecurityLabel``. Only with a security module such as SELinux.
    public func setReceivesSecurityLabel(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 34, "SO_PASSSEC", to: value)
    }

    /// Whether datagrams over IPv4 leave without a checksum. (SO_NO_CHECK)
    public var omitsChecksum: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 11, "SO_NO_CHECK") != 0 }
    }

    /// See ``omitsChecksum``.
    public func setOmitsChecksum(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 11, "SO_NO_CHECK", to: value)
    }

    /// Whether a packet socket’s frames end with a check sequence that the program wrote. (SO_NOFCS)
    public var writesFrameCheck: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 43, "SO_NOFCS") != 0 }
    }

    /// See ``writesFrameCheck``. EPROTONOSUPPORT when sending on an interface that cannot do it.
    public func setWritesFrameCheck(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 43, "SO_NOFCS", to: value)
    }

    /// Whether the error queue tells if a frame was acknowledged on a wireless link. (SO_WIFI_STATUS)
    public var reportsAcknowledgement: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 41, "SO_WIFI_STATUS") != 0 }
    }

    /// See ``reportsAcknowledgement``.
    public func setReportsAcknowledgement(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 41, "SO_WIFI_STATUS", to: value)
    }

    /// Whether poll tells of a filled error queue with POLLPRI beside POLLERR. (SO_SELECT_ERR_QUEUE)
    public var flagsErrorsAsUrgent: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 45, "SO_SELECT_ERR_QUEUE") != 0 }
    }

    /// See ``flagsErrorsAsUrgent``.
    public func setFlagsErrorsAsUrgent(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 45, "SO_SELECT_ERR_QUEUE", to: value)
    }

    /// Whether the kernel’s protocols record what they do, where they were built for it. (SO_DEBUG)
    public var recordsDebug: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 1, "SO_DEBUG") != 0 }
    }

    /// See ``recordsDebug``. Needs CAP_NET_ADMIN to be set. Refused with EACCES, not EPERM.
    public func setRecordsDebug(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 1, "SO_DEBUG", to: value)
    }

    /// Whether the filter is fixed for good: nobody takes it away or changes it. (SO_LOCK_FILTER)
    public var isFilterLocked: Bool {
        get throws(SocketError) { try option(SOL_SOCKET, 44, "SO_LOCK_FILTER") != 0 }
    }

    /// The number of the network namespace, of which no other has had the same since the host started.
    /// Since Linux 5.14. (SO_NETNS_COOKIE)
    public var namespaceCookie: UInt64 {
        get throws(SocketError) { try option(SOL_SOCKET, 71, "SO_NETNS_COOKIE", initial: 0) }
    }

    /// The receive queue of the network card that the last packet came by, 0 for none.
    /// (SO_INCOMING_NAPI_ID)
    public var incomingQueue: UInt32 {
        get throws(SocketError) { UInt32(bitPattern: try option(SOL_SOCKET, 56, "SO_INCOMING_NAPI_ID")) }
    }

    /// How many words about a packet a filter may ask for beside its bytes. (SO_BPF_EXTENSIONS)
    public var filterExtensions: Int32 {
        get throws(SocketError) { try option(SOL_SOCKET, 48, "SO_BPF_EXTENSIONS") }
    }

    /// The security label of who connected or listened; ENOPROTOOPT without a security module. (SO_PEERSEC)
    public var peerSecurityLabel: String {
        get throws(SocketError) { try text(SOL_SOCKET, 31, "SO_PEERSEC") }
    }

    /// By which clock each datagram may be given the time to leave (SCM_TXTIME), and SOF_TXTIME_ flags: 1 is
    /// CLOCK_MONOTONIC, 11 CLOCK_TAI. Needs the queueing discipline etf or fq. (SO_TXTIME)
    public var departure: (clock: Int32, flags: UInt32) {
        get throws(SocketError) {
            let value = try option(SOL_SOCKET, 61, "SO_TXTIME", initial: InlineArray<2, UInt32>(repeating: 0))
            return (Int32(bitPattern: value[0]), value[1])
        }
    }

    /// See ``departure``. Needs CAP_NET_ADMIN where the clock is not CLOCK_MONOTONIC.
    public func setDeparture(clock: Int32, flags: UInt32) throws(SocketError) {
        let value: InlineArray<2, UInt32> = [UInt32(bitPattern: clock), flags]
        try setOption(SOL_SOCKET, 61, "SO_TXTIME", to: value)
    }

    /// Which times hardware and software take of what comes and goes: SOF_TIMESTAMPING_ flags, and the index
    /// of a hardware clock, 0 for the usual one. (SO_TIMESTAMPING)
    public var timestamping: (flags: UInt32, clock: UInt32) {
        get throws(SocketError) {
            let none = InlineArray<2, UInt32>(repeating: 0)
            let value = try option(SOL_SOCKET, 37, "SO_TIMESTAMPING", initial: none)
            return (value[0], value[1])
        }
    }

    /// See ``timestamping``.
    public func setTimestamping(flags: UInt32, clock: UInt32 = 0) throws(SocketError) {
        let value: InlineArray<2, UInt32> = [flags, clock]
        try setOption(SOL_SOCKET, 37, "SO_TIMESTAMPING", to: value)
    }

    /// How many packets one look at the network card’s queue takes, 0 to 65535. Needs CAP_NET_ADMIN for more
    /// than 8. Since Linux 5.11. (SO_BUSY_POLL_BUDGET)
    public func setBusyPollPacketsMax(_ value: Int32) throws(SocketError) {
        try setOption(SOL_SOCKET, 70, "SO_BUSY_POLL_BUDGET", to: value)
    }

    /// Tells the kernel that the connection makes progress, or, with `true`, that it looks for another path.
    /// (SO_CNX_ADVICE)
    public func adviseNeighbour(_ looksForAnother: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, 53, "SO_CNX_ADVICE", to: looksForAnother)
    }

    /// The supplementary groups of who connected or listened, at most 65,536; of a Unix socket without such a
    /// peer ENODATA. (SO_PEERGROUPS)
    public var peerGroups: [UInt32] {
        get throws(SocketError) {
            let bytes = try optionBytes(SOL_SOCKET, 59, "SO_PEERGROUPS", most: 65536 * 4)
            return stride(from: 0, to: bytes.count & ~3, by: 4).map { index in
                (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32($1 * 8) }.littleEndian
            }
        }
    }
}
