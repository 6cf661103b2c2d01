import ArgumentParser
import ParleyKernel
import ParleySockets
import ParleyTypes

/// The port that a question is about: a number, or an endpoint's URL with all that it says.
struct PortPlace: ExpressibleByArgument {
    var port: UInt16
    private var kind: KernelSocket.Kind?
    private var endpoint: Endpoint?
    /// Why a URL is none.
    private var error: EndpointError?

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
        do throws(EndpointError) {
            let endpoint = try Endpoint(url: argument).unmapped
            guard endpoint.port != 0, let kind = Self.kind(of: endpoint), !endpoint.needsLookup else {
                return nil
            }
            self.kind = kind
            self.endpoint = endpoint
            port = endpoint.port
        } catch {
            guard argument.contains("://") else { return nil }
            self.error = error
            port = 0
        }
    }

    private static func kind(of endpoint: Endpoint) -> KernelSocket.Kind? {
        switch endpoint.transport {
        case .tcp: .tcp
        case .udp: endpoint.options.checksumCoverage == nil ? .udp : .udpLite
        default: nil
        }
    }

    /// What the endpoint says about a bind there.
    func complete(_ question: inout PortReport.Question) throws(Ending) {
        if let error { throw Ending(error) }
        if let kind { question.kinds = [kind] }
        guard let endpoint else { return }
        if let refusal = endpoint.refusal(for: kind == .tcp ? .listener : .mailbox) { throw Ending(refusal) }
        do throws(SocketError) {
            let ground = try endpoint.grounded()
            var zone: UInt32 = 0
            switch ground.host {
            case .ipv4(let ip)?: question.addresses = [.ipv4(ip)]
            case .ipv6(let ip, let name)?:
                question.addresses = [.ipv6(ip)]
                if let name { zone = try Interfaces.index(of: name) }
            case .any?, .name?, nil:
                guard let local = ground.options.localAddress, let ip = local.ip else { break }
                question.addresses = [ip]
                if case .ipv6(_, _, let index) = local { zone = index }
            }
            if let name = ground.options.interface { zone = try Interface(name).index }
            question.interface = zone
        } catch {
            throw Ending(error)
        }
        if let reuse = endpoint.options.reuse ?? (endpoint.options.loops == nil ? nil : .loadBalanced) {
            question.policies = [reuse]
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
        try place.complete(&question)
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
        if let address {
            guard let (ip, zone) = try Self.address(address) else {
                throw Ending(
                    .usage,
                    "“\(address)” is no IP address",
                    remedy: "Give it in numbers, as in 127.0.0.1 or ::1."
                )
            }
            question.addresses = [ip]
            if zone != 0 { question.interface = zone }
        }
        return question
    }

    /// An address in numbers, with the index of its zone.
    private static func address(_ text: String) throws(Ending) -> (IPAddress, zone: UInt32)? {
        switch Endpoint.Host(text) {
        case .ipv4(let ip): return (.ipv4(ip), 0)
        case .ipv6(let ip, nil): return (.ipv6(ip), 0)
        case .ipv6(let ip, let name?):
            do throws(SocketError) { return (.ipv6(ip), try Interfaces.index(of: name)) } catch {
                throw Ending(error)
            }
        case .any, .name: return nil
        }
    }
}
