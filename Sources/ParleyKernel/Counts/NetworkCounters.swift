/// What the kernel has counted in this network namespace since the namespace was made.
///
/// ``current()`` asks. Counters are named as the kernel names them: `TcpExt.ListenOverflows`,
/// `Udp.RcvbufErrors`; nstat(8)
/// shows the same ones without the point.
public struct NetworkCounters: Sendable, Hashable {
    private var values: [String: Int64]

    /// A counter by its name, nil where this kernel has none of that name.
    public subscript(name: String) -> Int64? { values[name] }

    /// The names of all counters, in order.
    public var names: [String] { values.keys.sorted() }

    /// Reads /proc/net/netstat, /proc/net/snmp and /proc/net/snmp6 of the calling thread's network namespace.
    /// Empty where
    /// there is no /proc.
    public static func current() -> NetworkCounters {
        var counters = NetworkCounters()
        for name in ["netstat", "snmp"] {
            if let bytes = KernelFile.bytes("/proc/thread-self/net/" + name) { counters.add(paired: bytes) }
        }
        if let bytes = KernelFile.bytes("/proc/thread-self/net/snmp6") { counters.add(listed: bytes) }
        return counters
    }

    init() {
        values = [:]
    }

    /// More counters than any kernel has.
    private static let countMax = 4096

    /// Takes the form of /proc/net/netstat: a line of names and one of numbers, each after the same word.
    mutating func add(paired bytes: [UInt8]) {
        var names: [Substring] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let group = words.first, group.last == ":", words.count > 1 else {
                names = []
                continue
            }
            guard names.first == group, names.count == words.count else {
                names = words
                continue
            }
            for (name, word) in zip(names, words).dropFirst() {
                if let value = Self.number(word) { set("\(group.dropLast()).\(name)", value) }
            }
            names = []
        }
    }

    /// Takes the form of /proc/net/snmp6: a name and a number a line, the group at the start of the name
    /// (`Udp6InErrors`).
    mutating func add(listed bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let value = Self.number(words[1]), let six = words[0].firstIndex(of: "6")
            else { continue }
            let split = words[0].index(after: six)
            set("\(words[0][..<split]).\(words[0][split...])", value)
        }
    }

    private mutating func set(_ name: String, _ value: Int64) {
        guard values.count < Self.countMax || values[name] != nil else { return }
        values[name] = value
    }

    /// Most are unsigned and have 64 bits; one (`Tcp.MaxConn`) is -1.
    private static func number(_ word: Substring) -> Int64? {
        Int64(word) ?? UInt64(word).map { Int64(bitPattern: $0) }
    }
}

extension NetworkCounters {
    /// Connections that were complete and found a listener's accept queue full. (TcpExt.ListenOverflows)
    public var acceptQueueOverflows: Int64? { self["TcpExt.ListenOverflows"] }
    /// Connection attempts that a listener dropped for any reason, overflows included. (TcpExt.ListenDrops)
    public var listenDrops: Int64? { self["TcpExt.ListenDrops"] }
    /// SYN cookies sent because a listener's queue of half-open connections was full. (TcpExt.SyncookiesSent)
    public var cookiesSent: Int64? { self["TcpExt.SyncookiesSent"] }
    /// Clients that came back with a valid cookie. (TcpExt.SyncookiesRecv)
    public var cookiesReceived: Int64? { self["TcpExt.SyncookiesRecv"] }
    /// Acknowledgements that were to carry a cookie and did not. (TcpExt.SyncookiesFailed)
    public var cookiesFailed: Int64? { self["TcpExt.SyncookiesFailed"] }
    /// SYNs that were dropped because the queue of half-open connections was full and cookies are off.
    /// (TcpExt.TCPReqQFullDrop)
    public var halfOpenDrops: Int64? { self["TcpExt.TCPReqQFullDrop"] }
    /// SYNs that were answered by a cookie because that queue was full. (TcpExt.TCPReqQFullDoCookies)
    public var halfOpenCookies: Int64? { self["TcpExt.TCPReqQFullDoCookies"] }
    /// Segments that found a socket's backlog full while its process was in the kernel. (TcpExt.TCPBacklogDrop)
    public var backlogDrops: Int64? { self["TcpExt.TCPBacklogDrop"] }
    /// Datagrams over IPv4 for a port that nobody had. (Udp.NoPorts)
    public var datagramsWithoutPort: Int64? { self["Udp.NoPorts"] }
    /// Datagrams over IPv4 and IPv6 that found a receive queue full. (Udp.RcvbufErrors, Udp6.RcvbufErrors)
    public var receiveQueueDrops: Int64? {
        sum(self["Udp.RcvbufErrors"], self["Udp6.RcvbufErrors"])
    }
    /// Datagrams over IPv4 and IPv6 that found no room to be sent. (Udp.SndbufErrors, Udp6.SndbufErrors)
    public var sendQueueDrops: Int64? {
        sum(self["Udp.SndbufErrors"], self["Udp6.SndbufErrors"])
    }

    private func sum(_ first: Int64?, _ second: Int64?) -> Int64? {
        guard let first else { return second }
        return first.addingReportingOverflow(second ?? 0).partialValue
    }
}
