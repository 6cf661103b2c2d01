/// Why a text is not an endpoint. Each case knows one sentence that says what to write instead.
public enum EndpointError: Error, Sendable, Hashable {
    case tooLong(bytes: Int)
    case fragment
    case missingScheme(String)
    case unknownScheme(String)
    case missingSlashes(Transport)
    case invalidHost(String)
    case zoneOfIPv4(String)
    case invalidPort(String)
    case unexpectedPath(String)
    case unexpectedHost(String, Transport)
    case missingPath(Transport)
    case invalidPath(String)
    case pathTooLong(bytes: Int)
    case invalidEscape(String)
    case invalidInherited(String, Transport)
    case unknownOption(String, Transport)
    case optionDoesNotApply(Endpoint.Option, Transport)
    /// An option that this use of the endpoint would ignore.
    case optionWithoutUse(Endpoint.Option, Endpoint.Use, UselessOption)
    case repeatedOption(Endpoint.Option)
    case invalidOption(Endpoint.Option, value: String)
    case settingDoesNotApply(SocketOption, Transport)
    case settingIsReadOnly(SocketOption)
    case repeatedSetting(SocketOption)
    case invalidSetting(SocketOption, value: String)
}

extension EndpointError: CustomStringConvertible {
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        switch self {
        case .tooLong(let bytes):
            "An endpoint of \(bytes) bytes is too long: write at most \(Endpoint.urlBytesMax)."
        case .fragment: "An endpoint has no part after #: write %23 where the character itself is meant."
        case .missingScheme(let text):
            "“\(text)” says no transport: begin with \(Self.schemes), as in udp://:8089."
        case .unknownScheme(let scheme):
            Self.reason(forScheme: scheme.lowercased()).map { "“\(scheme)” is no transport. \($0)" }
                ?? Nearest.question(for: scheme, among: Transport.known.map(\.rawValue)).map {
                    "“\(scheme)” is no transport. \($0)"
                } ?? "“\(scheme)” is no transport: begin with \(Self.schemes), as in udp://host:8089."
        case .missingSlashes(let transport): "Write two slashes before the host: \(transport)://host:port."
        case .invalidHost(let host):
            "“\(host)” is no host: write a name, an IPv4 address of four numbers, or an IPv6 address in "
                + "brackets, as in [::1]:8089."
        case .zoneOfIPv4(let host):
            "“\(host)” has a zone, which only IPv6 addresses have: name the interface by ?interface=eth0."
        case .invalidPort(let port): "“\(port)” is no port: write a number from 0 to 65535."
        case .unexpectedPath(let path): "An IP endpoint has no path: leave out “/\(path)”."
        case .unexpectedHost(let host, let transport):
            "A Unix socket has no host: write \(transport):///\(host) from the root, \(transport):\(host) "
                + "from here, or \(transport)://@\(host) for a name without a file."
        case .missingPath(let transport):
            "Name the socket: \(transport):///path, \(transport):relative/path or \(transport)://@name."
        case .invalidPath(let path): "“\(path)” is no path: it must be UTF-8 without a NUL byte."
        case .pathTooLong(let bytes):
            "The path or name of a Unix socket has \(bytes) bytes: the system allows "
                + "\(UnixAddress.lengthMax)."
        case .invalidEscape(let text):
            "A percent sign in “\(text)” lacks its two hexadecimal digits: write %25 where the sign "
                + "itself is meant."
        case .invalidInherited(let text, .descriptor):
            "“\(text)” is no descriptor: write its number, as in fd://3."
        case .invalidInherited(let text, _):
            "“\(text)” is no name of a passed socket: write activated://NAME, with a name that LISTEN_FDNAMES "
                + "has, or activated: alone when only one is passed."
        case .unknownOption(let key, let transport) where transport.isInherited:
            "“\(key)” is no option of \(transport): whoever made the socket has chosen its options."
        case .optionDoesNotApply(let option, let transport) where transport.isInherited:
            "The option \(option.rawValue) means nothing to \(transport): whoever made the socket has chosen "
                + "its options."
        case .unknownOption(let key, let transport):
            "“\(key)” is no option of \(transport)\(Self.nearest(to: key, transport)) `parley options \(transport)` "
                + "lists those of the kernel."
        case .optionDoesNotApply(let option, let transport):
            "The option \(option.rawValue) means nothing to \(transport): it knows "
                + "\(Self.options(of: transport))."
        case .optionWithoutUse(let option, let use, let reason):
            "The option \(option.rawValue) has no use for a \(use.rawValue): \(reason.rawValue)."
        case .repeatedOption(let option): "The option \(option.rawValue) comes twice: write it once."
        case .invalidOption(let option, let value):
            "“\(value)” does not fit the option \(option.rawValue): it must be \(option.expectation)."
        case .settingDoesNotApply(let option, let transport):
            "Sockets of \(transport) do not have \(option.name): those that do are "
                + "\(option.kinds.map(\.rawValue).joined(separator: ", ")). "
                + "`parley options \(transport)` lists what \(transport) has."
        case .settingIsReadOnly(let option):
            "\(option.name) is not for a URL to set: `parley options \(option.name)` tells of it."
        case .repeatedSetting(let option): "The option \(option.key) comes twice: write it once."
        case .invalidSetting(let option, let value):
            "“\(value)” does not fit the option \(option.key) (\(option.name)): it must be "
                + "\(option.expectation)."
        }
    }

    private static var schemes: String {
        let names = Transport.known.filter { !$0.isInherited }.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or \(names.last ?? "")"
    }

    /// The options that are meant perhaps; where none is near, those of Parley, for the kernel's are many.
    private static func nearest(to key: String, _ transport: Transport) -> String {
        let own = Endpoint.Option.allCases.filter { $0.applies(to: transport) }.map(\.rawValue)
        let question = Nearest.question(for: key, among: own + Endpoint.settingKeys(of: transport))
        if let question { return ". \(question)" }
        let others = Endpoint.Option.allCases.filter { !$0.applies(to: transport) }
        if let name = Nearest.name(to: key, among: others.map(\.rawValue)),
            let option = Endpoint.Option(rawValue: name)
        {
            let transports = Transport.known.filter { option.applies(to: $0) }.map(\.rawValue)
            return ". Did you mean \(name)? It is an option of \(transports.joined(separator: ", "))."
        }
        return ": it knows \(own.joined(separator: ", "))."
    }

    private static func options(of transport: Transport) -> String {
        Endpoint.Option.allCases.filter { $0.applies(to: transport) }.map(\.rawValue).joined(separator: ", ")
    }
}
