import ArgumentParser
import ParleyKernel
import ParleyTypes

/// The port that a question is about: a number, or an endpoint's URL with all that it says.
struct PortPlace: ExpressibleByArgument {
    var port: UInt16
    var kind: KernelSocket.Kind?
    var address: IPAddress?
    var reuse: PortReuse?

    init?(argument: String) {
        if let port = UInt16(argument) {
            self.port = port
            return
        }
        // A number that is no port is one sentence of `question(about:kinds:)`, as port 0 is.
        if !argument.isEmpty, argument.utf8.allSatisfy({ 48...57 ~= $0 }) {
            port = 0
            return
        }
        guard let endpoint = try? Endpoint(url: argument), endpoint.port != 0 else { return nil }
        switch endpoint.transport {
        case .tcp: kind = .tcp
        case .udp: kind = endpoint.options.checksumCoverage == nil ? .udp : .udpLite
        default: return nil
        }
        port = endpoint.port
        reuse = endpoint.options.reuse
        switch endpoint.host {
        case .ipv4(let ip)?: address = .ipv4(ip)
        case .ipv6(let ip, _)?: address = .ipv6(ip)
        case .name?: return nil
        case .any?, nil: break
        }
    }
}

/// What to ask about a port.
struct PortQuestionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Judge binds under one policy only: "
                + "\(PortReuse.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "policy"
        )
    )
    var reuse: String?

    @Option(help: ArgumentHelp("Judge binds at this address only, in numbers.", valueName: "address"))
    var address: String?

    /// The question, with what the place and `--kind` say.
    func question(about place: PortPlace, kinds: [String]) throws(Ending) -> PortReport.Question {
        var question = PortReport.Question()
        if let kind = place.kind { question.kinds = [kind] }
        if !kinds.isEmpty {
            let wanted = try SocketWords.kinds(kinds)
            let able: [KernelSocket.Kind] = [.tcp, .udp, .udpLite]
            question.kinds = able.filter(wanted.contains)
            guard wanted.count == question.kinds.count || !question.kinds.isEmpty else {
                throw Ending(
                    .usage,
                    "sockets of this kind have no ports",
                    remedy: "Known are: tcp, udp, udplite."
                )
            }
        }
        if let policy = place.reuse { question.policies = [policy] }
        if let reuse {
            guard let policy = PortReuse(rawValue: reuse) else {
                let known = PortReuse.allCases.map(\.rawValue)
                throw Ending(
                    .usage,
                    "unknown policy "
                        + "“\(reuse)”",
                    remedy: Nearest.hint(for: reuse, among: known)
                )
            }
            question.policies = [policy]
        }
        if let ip = place.address { question.addresses = [ip] }
        if let address {
            guard let ip = IPAddress(address) else {
                throw Ending(
                    .usage,
                    "“\(address)” is no IP address",
                    remedy: "Give it in numbers, as in 127.0.0.1 or ::1."
                )
            }
            question.addresses = [ip]
        }
        return question
    }
}
