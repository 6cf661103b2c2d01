import ParleySockets
import ParleyTypes

/// Options of an endpoint of which the kernel gives less than was asked for, or nothing, without a word.
enum ClampedOptions {
    /// A sentence for each. They are tried on a socket that is closed again: whatever fails there is told when the
    /// endpoint's own is opened.
    static func sentences(of endpoint: Endpoint, listens: Bool) -> [String] {
        var sentences: [String] = []
        if endpoint.inherited == nil { sentences += tried(endpoint) }
        if listens, let sentence = backlog(of: endpoint) { sentences.append(sentence) }
        return sentences
    }

    /// listen(2) takes any number, and nothing reads it back.
    private static func backlog(of endpoint: Endpoint) -> String? {
        let setting = "net.core.somaxconn"
        guard endpoint.transport.isConnectionOriented, let asked = endpoint.options.backlog,
            let most = SystemSetting.text(setting).flatMap({ Int64($0) }), asked > most
        else { return nil }
        return "backlog=\(asked): \(setting) = \(most) caps it. For more: sysctl -w \(setting)=\(asked)."
    }

    private static func tried(_ endpoint: Endpoint) -> [String] {
        let settings = settings(of: endpoint)
        guard !settings.isEmpty, let socket = socket(for: endpoint) else { return [] }
        do throws(SocketError) { try socket.set(settings) } catch { return [] }
        // All are set before any is read: a later one may give what an earlier one could not.
        return settings.compactMap { setting in
            let option = setting.option
            let readable = option.access == .writeOnly ? OptionVerdict.reading(option) : option
            if let reason = option.idleReason(of: kind(of: endpoint)) {
                return
                    "\(option.spelling(for: endpoint.transport))=\(setting.text): without effect here. \(reason)"
            }
            guard let readable,
                let reads = try? socket.text(of: readable),
                let verdict = OptionVerdict(option, asked: setting.text, reads: reads), verdict.isLess
            else { return nil }
            return "\(option.spelling(for: endpoint.transport))=\(setting.text): reads \(reads). "
                + verdict.sentence(option, asked: setting.text)
        }
    }

    /// In the order in which they are set.
    private static func settings(of endpoint: Endpoint) -> [SocketSetting] {
        let queues = [
            ("SO_RCVBUF", endpoint.options.receiveBufferBytes),
            ("SO_SNDBUF", endpoint.options.sendBufferBytes),
        ]
        return queues.compactMap { name, bytes in
            guard let bytes, let option = SocketOption.find(name) else { return nil }
            return SocketSetting(option, "\(bytes)")
        } + endpoint.options.settings
    }

    private static func socket(for endpoint: Endpoint) -> Socket? {
        try? Socket(kind(of: endpoint))
    }

    private static func kind(of endpoint: Endpoint) -> SocketOption.Kind {
        switch endpoint.transport {
        case .unix: .unix
        case .unixgram: .unixgram
        case .seqpacket: .seqpacket
        case .tcp where endpoint.options.multipath == true: .mptcp
        case .tcp: isIPv6(endpoint) ? .tcp6 : .tcp
        case _ where endpoint.options.checksumCoverage != nil: .udplite
        default: isIPv6(endpoint) ? .udp6 : .udp
        }
    }

    private static func isIPv6(_ endpoint: Endpoint) -> Bool {
        if case .ipv6? = endpoint.host { true } else { false }
    }
}

extension EndpointOptions {
    /// Remarks where the kernel gives less than an endpoint asks for.
    static func remarkOnClamping(_ endpoint: Endpoint, listens: Bool = false, _ console: Console) {
        for sentence in ClampedOptions.sentences(of: endpoint, listens: listens) { console.remark(sentence) }
    }
}
