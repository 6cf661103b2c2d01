internal import Glibc
internal import ParleySockets
internal import ParleyTypes

// Limits that were met: descriptors, queues, sizes.

extension Diagnostician {
    func examineDescriptors() -> Diagnosis? {
        guard let use = DescriptorUse() else { return nil }
        let limits = [
            Diagnosis.Limit(name: "RLIMIT_NOFILE", value: "\(use.soft)"),
            Diagnosis.Limit(name: "RLIMIT_NOFILE (hard)", value: "\(use.hard)"),
        ]
        guard use.open > 0 else { return nil }
        let held = "\(use.open) are open now: \(use.list)"
        let cause = "This process may have \(use.soft) descriptors (ulimit -n), and \(held)."
        let remedy: String
        if use.soft < use.hard {
            let more = min(use.hard, max(1024, use.soft.multipliedReportingOverflow(by: 4).partialValue))
            remedy =
                "Start it after `ulimit -n \(more)` (up to \(use.hard), the hard limit, needs no right), or "
                + "close what is not needed."
        } else {
            remedy =
                "The hard limit is as low: let root raise it (LimitNOFILE= in a unit, limits.conf), or close "
                + "what is not needed."
        }
        return Diagnosis(cause: cause, remedy: remedy, limits: limits)
    }

    func examineSystemFiles() -> Diagnosis? {
        guard let limit = KernelLimit.systemFilesMax.value else { return nil }
        let used = KernelLimit(rawValue: "fs.file-nr").value.map { ", and \($0) are open" } ?? ""
        return Diagnosis(
            cause: "The whole system may have \(limit) files open (fs.file-max)\(used).",
            remedy: "Find who holds them (`lsof`), or let root raise fs.file-max.",
            limits: [Diagnosis.Limit(KernelLimit.systemFilesMax)].compactMap { $0 }
        )
    }

    // MARK: ENOBUFS

    func examineRoom() -> Diagnosis? {
        switch error.operation {
        case .join: examineMemberships()
        case .send: examineSendQueue()
        default: nil
        }
    }

    private func examineMemberships() -> Diagnosis? {
        let subject = error.subject ?? ""
        let isIPv6 =
            subject.contains(":") || error.local.map { if case .ipv6 = $0 { true } else { false } } == true
        let isSource = subject.contains(" from ")
        let limit: KernelLimit =
            isSource
            ? (isIPv6 ? .groupSourcesMax6 : .groupSourcesMax) : isIPv6 ? .optionMemoryMax : .groupsMax
        guard let value = limit.value else { return nil }
        let name = limit.rawValue
        let cause =
            if isSource {
                "A socket may name \(Phrase.count(value, "sender")) for a group here (\(name) = \(value)), and this "
                    + "one has named as many."
            } else if isIPv6 {
                "The socket has no room for another group: \(name) = \(value) bytes bounds what its options take."
            } else {
                "A socket may join \(Phrase.count(value, "IPv4 group")) here (\(name) = \(value)), and this one has "
                    + "joined as many."
            }
        return Diagnosis(
            cause: cause,
            remedy:
                "Raise it (`sysctl -w \(name)=\(max(value, 1) * 2)`), or use a second socket for the others.",
            limits: [Diagnosis.Limit(limit)].compactMap { $0 }
        )
    }

    private func examineSendQueue() -> Diagnosis? {
        guard let remote = error.remote, let way = Way(to: remote), let name = way.interface else {
            return nil
        }
        guard let length = (try? InterfaceTable.read())?[name]?.queuePacketsMax else { return nil }
        return Diagnosis(
            cause:
                "The queue of \(name) is full: it takes \(Phrase.count(length, "packet")) (txqueuelen) and sends "
                + "them more slowly than they come.",
            remedy: "Send more slowly (--every), or let root lengthen it: `ip link set \(name) txqueuelen "
                + "\(max(1, length) * 4)`."
        )
    }

    // MARK: EMSGSIZE

    func examineSize() -> Diagnosis? {
        guard error.operation == .send, let remote = error.remote ?? error.local else { return nil }
        if case .unix = remote { return examineUnixSize() }
        let isIPv4 = remote.unmapped.ip?.isIPv4 ?? true
        let way = error.theirIP.flatMap {
            try? Route.lookup(to: $0, from: error.ourIP, interface: error.device)
        }
        let limit = PacketLimit(
            isIPv4: isIPv4,
            bytes: messageBytes,
            route: way,
            table: try? InterfaceTable.read()
        )
        return limit.diagnosis(to: error.theirIP.map { "\($0)" } ?? "\(remote)")
    }

    /// The subject of such an error begins with the bytes of the message, where they are known.
    private var messageBytes: Int? { error.subject.flatMap { Int($0.prefix { $0.isNumber }) } }

    private func examineUnixSize() -> Diagnosis? {
        let queue = error.traits.map { Int64($0.sendBufferBytes) } ?? 0
        guard let most = KernelLimit.sendBufferMax.value else { return nil }
        let held = queue > 32 ? queue : (KernelLimit.sendBufferDefault.value ?? 0)
        guard held > 32 else { return nil }
        // What is asked for is doubled, and never more than twice the limit.
        let reachable = most * 2
        var remedy = "Send less, or use unix:, a stream"
        if reachable > held {
            remedy =
                "Add ?sndbuf=\(most) to the endpoint, which is as far as net.core.wmem_max lets it (up to "
                + "\(reachable - 32) bytes), or use unix:, a stream"
        }
        return Diagnosis(
            cause:
                "Within a host a message must fit the send queue (SO_SNDBUF): this socket's is \(held) bytes, so a "
                + "message has at most \(held - 32)\(messageBytes.map { ", and this one has \($0)" } ?? "").",
            remedy: remedy + ".",
            limits: [
                Diagnosis.Limit(KernelLimit.sendBufferMax), Diagnosis.Limit(KernelLimit.sendBufferDefault),
            ]
            .compactMap { $0 }
        )
    }
}
