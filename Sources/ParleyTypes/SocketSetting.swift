/// An option of the system with the value that an endpoint asks for: `?mark=5` of a URL.
///
/// Set before bind, connect and listen, in the order in which they were given. A connection that a listener
/// accepts has them from it, or gets them anew where the kernel does not hand them on.
public struct SocketSetting: Sendable, Hashable, CustomStringConvertible {
    public let option: SocketOption
    /// The value, in one canonical spelling.
    public let text: String

    /// - Parameter text: As a URL has it, without its escapes: `4M`, `500ms`, `reno`, `1`.
    /// - Returns: nil where it does not fit, or where the option has no text.
    public init?(_ option: SocketOption, _ text: String) {
        guard option.isSettable, let text = option.canonical(text) else { return nil }
        self.option = option
        self.text = text
    }

    /// As in a URL: `mark=5`, `SO_RCVBUF=65536`.
    public var description: String { "\(option.spelling)=\(text)" }

    /// Whether a connection that a listener accepts begins without it.
    package var isForgotten: Bool { Self.forgotten.contains(option.name) }

    private static let forgotten: Set<String> = ["SO_PRIORITY", "TCP_QUICKACK", "IP_OPTIONS"]
}

extension SocketOption {
    /// What a URL calls it: its key, or its name in C where the key is one that endpoints have of their own.
    var spelling: String { Endpoint.Option(rawValue: key) == nil ? key : name }

    /// What a URL of a transport may call it: a key of endpoints' own where it applies.
    package func spelling(for transport: Transport) -> String {
        Endpoint.Option(rawValue: key)?.applies(to: transport) == true ? key : spelling
    }
}
