internal import ParleySockets
internal import ParleyTypes

/// What the kernel cuts, as far as its refusals have taught it: on any way, and less on the way to some hosts.
///
/// A value without a clock. Hosts are addresses without a port; nil is a port's one peer. What was learned of a host
/// is forgotten after ``memory``: ways change, and learning anew costs three calls.
struct LearnedLimits {
    /// What may be cut for hosts of which nothing is known.
    private(set) var most: SegmentLimits
    private var hosts: [SocketAddress?: Host] = [:]
    /// How many hosts have a doubt.
    private var doubts = 0

    private struct Host {
        var limits: SegmentLimits
        /// The size of the datagrams of a piece of more than 64 that was refused: too many for this kernel, or too
        /// large for the way. Which, the next piece to the host shows.
        var doubtedBytes: Int?
        var since: MonotonicInstant
    }

    static let memory = Duration.seconds(600)
    /// Beyond so many hosts all are forgotten.
    static let hostsMax = 1024

    init(_ most: SegmentLimits) {
        self.most = most
    }

    var hostCount: Int { hosts.count }
    /// Whether a piece that is cut would settle something.
    var hasDoubts: Bool { doubts > 0 }

    mutating func limits(to host: SocketAddress?, at now: MonotonicInstant) -> SegmentLimits {
        guard let known = hosts[host] else { return most }
        guard !Self.isOld(known, at: now) else {
            keep(nil, of: host)
            return most
        }
        var limits = known.limits
        limits.datagramsMax = min(limits.datagramsMax, most.datagramsMax)
        return limits
    }

    /// Takes note that a piece was refused, and that its datagrams then left one by one.
    ///
    /// EINVAL has two reasons: the size of the datagrams, and on kernels before Linux 6.9 that there are more than 64.
    /// Of more than 64 it therefore teaches 64 for that host alone, until a piece of datagrams as large is cut.
    mutating func learn(
        _ code: ErrorCode,
        datagrams: Int,
        datagramBytes: Int,
        to host: SocketAddress?,
        at now: MonotonicInstant
    ) {
        let countMax = most.datagramsMax
        switch code {
        case .invalidArgument where datagrams > SegmentLimits.datagramsBefore:
            narrow(host, at: now) { known in
                known.limits.datagramsMax = min(known.limits.datagramsMax, SegmentLimits.datagramsBefore)
                known.doubtedBytes = min(known.doubtedBytes ?? datagramBytes, datagramBytes)
            }
        case .invalidArgument, .messageTooLong:
            narrow(host, at: now) { known in
                known.limits.datagramBytesMax = min(known.limits.datagramBytesMax, datagramBytes - 1)
                // Their size was the reason then, too.
                if let doubted = known.doubtedBytes, doubted >= datagramBytes {
                    known.doubtedBytes = nil
                    known.limits.datagramsMax = countMax
                }
            }
        case .inputOutput:
            narrow(host, at: now) { known in
                known.limits.datagramsMax = 1
                known.doubtedBytes = nil
            }
        default:
            most.datagramsMax = 1
        }
    }

    /// Takes note that a piece was cut. It settles a doubt: datagrams of that size do fit, so there were too many.
    mutating func noteCut(datagrams: Int, datagramBytes: Int, to host: SocketAddress?) {
        guard datagrams > 1, var known = hosts[host], let doubted = known.doubtedBytes,
            datagramBytes >= doubted
        else { return }
        if datagrams <= SegmentLimits.datagramsBefore {
            most.datagramsMax = min(most.datagramsMax, SegmentLimits.datagramsBefore)
        }
        known.doubtedBytes = nil
        known.limits.datagramsMax = most.datagramsMax
        keep(known.limits == most ? nil : known, of: host)
    }

    private mutating func narrow(
        _ host: SocketAddress?,
        at now: MonotonicInstant,
        _ change: (inout Host) -> Void
    ) {
        var known = hosts[host] ?? Host(limits: most, since: now)
        if Self.isOld(known, at: now) { known = Host(limits: most, since: now) }
        change(&known)
        known.since = now
        if hosts.count >= Self.hostsMax, hosts[host] == nil {
            hosts = hosts.filter { !Self.isOld($0.value, at: now) }
            if hosts.count >= Self.hostsMax { hosts.removeAll() }
            doubts = hosts.count { $0.value.doubtedBytes != nil }
        }
        keep(known, of: host)
    }

    private mutating func keep(_ known: Host?, of host: SocketAddress?) {
        if hosts[host]?.doubtedBytes != nil { doubts -= 1 }
        if known?.doubtedBytes != nil { doubts += 1 }
        hosts[host] = known
    }

    private static func isOld(_ host: Host, at now: MonotonicInstant) -> Bool {
        host.since.duration(to: now) >= memory
    }
}
