/// A number by which the kernel bounds sockets (sysctl(8)), as it is now in the calling thread's network namespace.
public struct KernelLimit: RawRepresentable, Sendable, Hashable {
    /// The name that sysctl(8) takes: `net.core.somaxconn`.
    public var rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// What the file under /proc/sys holds, nil where this kernel has none of that name.
    public var text: String? {
        let isPlain = rawValue.utf8.allSatisfy { byte in
            byte == 0x2E || byte == 0x5F || byte == 0x2D || 48...57 ~= byte || 97...122 ~= (byte | 0x20)
        }
        guard isPlain, !rawValue.contains("..") else { return nil }
        return KernelFile.text(
            "/proc/sys/" + String(rawValue.map { $0 == "." ? "/" : $0 }),
            limit: 4096
        )
    }

    /// The numbers that it holds.
    public var numbers: [Int64] {
        text?.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) } ?? []
    }

    /// The first of its numbers.
    public var value: Int64? { numbers.first }
}

extension KernelLimit: CustomStringConvertible {
    /// `net.core.somaxconn = 4096`
    public var description: String {
        let words = text?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.map { "\(rawValue) = \($0)" } ?? "\(rawValue) (not there)"
    }
}

extension KernelLimit {
    /// The most that listen(2) is allowed.
    public static let acceptQueueMax = KernelLimit(rawValue: "net.core.somaxconn")
    /// How many half-open connections a listener holds, where it allows as many itself.
    public static let halfOpenMax = KernelLimit(rawValue: "net.ipv4.tcp_max_syn_backlog")
    /// 0: off. 1: when a listener's queue of half-open connections is full. 2: always.
    public static let cookies = KernelLimit(rawValue: "net.ipv4.tcp_syncookies")
    /// 1: connections that wait at a listener that closes go over to another one of its SO_REUSEPORT group.
    public static let migratesConnections = KernelLimit(rawValue: "net.ipv4.tcp_migrate_req")
    /// The first and the last port that the system chooses by itself, for IPv6 too.
    public static let localPorts = KernelLimit(rawValue: "net.ipv4.ip_local_port_range")
    /// Ports below need CAP_NET_BIND_SERVICE, for IPv6 too.
    public static let unprivilegedPorts = KernelLimit(rawValue: "net.ipv4.ip_unprivileged_port_start")
    /// The most that SO_RCVBUF takes, in bytes.
    public static let receiveBufferMax = KernelLimit(rawValue: "net.core.rmem_max")
    /// The most that SO_SNDBUF takes, in bytes.
    public static let sendBufferMax = KernelLimit(rawValue: "net.core.wmem_max")
    /// The send queue of a socket that asks for none, in bytes.
    public static let sendBufferDefault = KernelLimit(rawValue: "net.core.wmem_default")
    /// How many IPv4 groups a socket may join.
    public static let groupsMax = KernelLimit(rawValue: "net.ipv4.igmp_max_memberships")
    /// How many senders a socket may name for an IPv4 group.
    public static let groupSourcesMax = KernelLimit(rawValue: "net.ipv4.igmp_max_msf")
    /// How many senders a socket may name for an IPv6 group.
    public static let groupSourcesMax6 = KernelLimit(rawValue: "net.ipv6.mld_max_msf")
    /// How many files the whole system may have open.
    public static let systemFilesMax = KernelLimit(rawValue: "fs.file-max")
    /// Whether a socket may bind an IPv4 address that this host has not.
    public static let bindsForeign = KernelLimit(rawValue: "net.ipv4.ip_nonlocal_bind")
    /// Whether a socket may bind an IPv6 address that this host has not.
    public static let bindsForeign6 = KernelLimit(rawValue: "net.ipv6.ip_nonlocal_bind")
    /// The most that a socket may take for options and control messages, in bytes.
    public static let optionMemoryMax = KernelLimit(rawValue: "net.core.optmem_max")
}
