import ArgumentParser
import ParleyCore
import ParleyKernel
import ParleyText
import ParleyTypes
import ParleyWire

/// Where: a URL, and the common socket options as flags, because `?` and `&` mean something to shells.
struct EndpointOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Where: udp://host:port, tcp://host:port, unix:///path, unixgram:///path, seqpacket:///path; "
                + "no host is every local address; activated://name, fd://3 for a socket that was passed.",
            valueName: "url"
        )
    )
    var url: String

    @Option(
        help: ArgumentHelp(
            "The network interface, by its name, its index or one of its addresses.",
            valueName: "name"
        )
    )
    var interface: String?

    @Option(
        help: ArgumentHelp(
            "How many routers a packet may pass, 1 to 255; 0 keeps what goes to groups on this host.",
            valueName: "hops"
        )
    )
    var ttl: String?

    @Option(
        help: ArgumentHelp(
            "The only senders that a member of a group hears, by their addresses, with commas between.",
            valueName: "addresses"
        )
    )
    var source: String?

    @Option(help: ArgumentHelp("How many connections may wait to be accepted.", valueName: "count"))
    var backlog: String?

    @Option(
        help: ArgumentHelp(
            "The local address to send from, as 192.0.2.1 or 192.0.2.1:4000.",
            valueName: "address"
        )
    )
    var local: String?

    func endpoint() throws(Ending) -> Endpoint {
        let flags: [(Endpoint.Option, String?)] = [
            (.interface, interface), (.ttl, ttl), (.backlog, backlog), (.local, local),
            (.source, source),
        ]
        var text = url
        for (option, value) in flags {
            guard let value else { continue }
            text += (text.contains("?") ? "&" : "?") + option.rawValue + "=" + Self.escaped(value)
        }
        do throws(EndpointError) {
            return try Endpoint(url: text)
        } catch {
            throw Ending(error)
        }
    }

    /// The endpoint, with the transport that a socket really has which was passed to this process.
    func settledEndpoint() throws(Ending) -> Endpoint {
        let endpoint = try endpoint()
        if let refusal = OwnDescriptors.refusal(of: endpoint) { throw Ending(refusal) }
        do throws(ParleyError) { return try NetworkEnvironment.settled(endpoint) } catch {
            throw Ending(error)
        }
    }

    /// A remark where an option of the system gives a port away that is to be this program's own.
    static func remarkOnSharing(_ endpoint: Endpoint, _ console: Console) {
        guard endpoint.transport == .udp else { return }
        let isGroup =
            switch endpoint.host {
            case .ipv4(let address)?: address.isMulticast
            case .ipv6(let address, _)?: address.isMulticast
            default: false
            }
        let shares = endpoint.options.settings.contains { $0.option.name == "SO_REUSEADDR" && $0.text == "1" }
        guard shares, !isGroup else { return }
        console.remark(
            "with SO_REUSEADDR any process of this host may take the datagrams of a UDP port: leave it out, or share "
                + "among processes of one user by ?reuse=loadBalanced"
        )
    }

    /// A remark on options that say how datagrams are sent, where none are: one URL may serve both sides.
    static func remarkOnSending(_ endpoint: Endpoint, _ console: Console, by verb: String) {
        guard !endpoint.transport.isConnectionOriented else { return }
        let options = endpoint.options
        let idle: [(Endpoint.Option, Bool)] = [
            (.ttl, options.timeToLive != nil), (.broadcast, options.allowsBroadcast != nil),
            (.loop, options.hearsOwnHost != nil), (.dscp, options.trafficClass != nil),
            (.sndbuf, options.sendBufferBytes != nil),
        ]
        let names = idle.filter(\.1).map(\.0.rawValue)
        guard !names.isEmpty else { return }
        console.remark(
            "\(names.joined(separator: ", ")): for who sends datagrams, and \(verb) sends none: without effect here"
        )
    }

    /// A remark where the kernel sends without an error what cannot arrive.
    private static func remarkOnDeadEnds(_ endpoint: Endpoint, _ console: Console) {
        // Whatever needs neither is as the routes say; over IPv4 a source of loopback is refused by itself.
        let options = endpoint.options
        let isFromIPv6 = if case .ipv6? = options.localAddress?.unmapped { true } else { false }
        guard options.interface != nil || isFromIPv6,
            let diagnosis = SocketError(silenceOf: endpoint, .send)?.examinedAsSilent()
        else { return }
        console.remark("\(diagnosis)")
    }

    /// The endpoint as a place to send to, with a remark where that cannot be meant.
    func destination(_ console: Console) throws(Ending) -> Endpoint {
        var endpoint = try settledEndpoint()
        if case .ipv4(let address)? = endpoint.host, address.isReserved {
            // The system sends it along the default route without a word.
            console.remark(
                "\(address) is reserved and reaches nobody; groups are 224.0.0.0 to 239.255.255.255"
            )
        }
        if !endpoint.options.groupSources.isEmpty {
            console.remark("source says whom a member hears, and means nothing for sending")
            endpoint.options.groupSources = []
        }
        if let refusal = endpoint.refusal(for: .connection) { throw Ending(refusal) }
        Self.remarkOnClamping(endpoint, console)
        Self.remarkOnDeadEnds(endpoint, console)
        return endpoint
    }

    private static func escaped(_ value: String) -> String {
        value.utf8.map { byte in
            let isPlain = "%&#?=+ ".utf8.contains(byte) == false && 0x21...0x7E ~= byte
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.text([byte])
        }.joined()
    }
}

/// How borders are found on a stream.
struct FramingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How messages are told apart on a stream: lines, chunks, end, length (4 bytes in front), "
                + "length1, length2, length2le, length4le; by a field of the messages: length:FIELD, "
                + "length:offset=8,width=1; by what ends them: terminator:0x00, terminator:'\\r\\n'; size:512.",
            discussion: """
                Default: layouts of a fixed size, and those whose own bytes say where they end (text[n]), back \
                to back; other layouts length; lines and json by line. Behind a field may stand ,order=little \
                ,counts=frame (it counts the whole message; rest: what follows the field) ,plus=N (bytes that \
                it leaves out) ,max=N (the largest message in bytes, 16777216); a length that is not given is \
                filled in. A terminator is hexadecimal \
                digits behind 0x, or text with \\0 \\n \\r \\t \\, \\xHH; behind it ,max=N (1048576).
                """,
            valueName: "framing"
        )
    )
    var framing: FramingName?

    /// The framing of messages of this form, nil where nothing was said.
    func chosen(for form: Form?) throws(Ending) -> Framing? { try framing?.framing(of: form) }

    /// The same for both directions of a place, with what is to be known of borders told once.
    func chosen(
        for form: Form,
        answers: Form? = nil,
        isStream: Bool,
        _ console: Console
    ) throws(Ending) -> Framing? {
        let chosen = try chosen(for: form)
        // Where the answers name that field otherwise, its place is theirs too.
        if case .layout? = answers, case .field(let text)? = framing,
            let ofAnswers = try? self.chosen(for: answers), ofAnswers != chosen
        {
            throw Ending(
                .usage,
                "--framing length:\(SafeText.line(text)) lies elsewhere in the answers than in the questions",
                remedy:
                    "It holds for both: lay both out with the length at one place, or leave it to the layouts."
            )
        }
        if isStream {
            BorderRemarks(framing: framing, forms: [form] + (answers.map { [$0] } ?? [])).tell(console)
        }
        return chosen
    }
}
