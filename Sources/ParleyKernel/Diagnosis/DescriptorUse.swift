internal import Glibc
internal import ParleyTypes

/// What this process's descriptors are. Counted without opening anything, because there may be no descriptor left.
struct DescriptorUse {
    var soft: UInt64
    var hard: UInt64
    /// How many are open, among the first ``walkMax``.
    var open = 0
    var byKind: [String: Int] = [:]

    /// Of a process with more the rest is not looked at.
    private static let walkMax: UInt64 = 65536

    init?() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return nil }  // RLIMIT_NOFILE
        soft = UInt64(limit.rlim_cur)
        hard = UInt64(limit.rlim_max)
        for number in 0..<Int32(min(soft, Self.walkMax)) {
            var status = stat()
            guard unsafe fstat(number, &status) == 0 else { continue }
            open += 1
            byKind[Self.kind(status.st_mode), default: 0] += 1
        }
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFSOCK: "socket"
        case S_IFREG: "file"
        case S_IFIFO: "pipe"
        case S_IFCHR: "device"
        case S_IFDIR: "directory"
        // epoll, eventfd, timerfd, pidfd
        case 0: "event descriptor"
        default: "other"
        }
    }

    /// `250 sockets, 3 pipes and 3 devices`
    var list: String {
        let ordered = byKind.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return Phrase.list(ordered.map { Phrase.count($0.value, $0.key) })
    }
}
