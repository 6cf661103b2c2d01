/// A socket that this process was started with, and how it is found.
///
/// Service managers bind a service's sockets before it runs and pass them (sd_listen_fds(3)): the environment
/// says how many (`LISTEN_FDS`, from descriptor 3 on), for which process (`LISTEN_PID`), and how they are
/// called (`LISTEN_FDNAMES`).
public enum InheritedSocket: Sendable, Hashable {
    /// A passed socket by its name; of several of one name the first that was not taken yet.
    case named(String)
    /// The only passed socket.
    case only
    /// A descriptor by its number, passed or not.
    case descriptor(Int32)

    /// The longest name that a service manager gives, in bytes.
    public static let nameBytesMax = 255
}

extension InheritedSocket: CustomStringConvertible {
    /// The endpoint's URL.
    public var description: String {
        switch self {
        case .named(let name): "activated://" + Escapes.encoded(Array(name.utf8))
        case .only: "activated:"
        case .descriptor(let number): "fd://\(number)"
        }
    }
}

extension Endpoint {
    /// An endpoint that is there already.
    public init(_ inherited: InheritedSocket, options: Options = Options()) {
        let transport: Transport = if case .descriptor = inherited { .descriptor } else { .activated }
        self.init(transport, .unnamed, options: options)
        unixAddress = nil
        self.inherited = inherited
    }

    /// The only socket that the service manager passed.
    public static var activated: Endpoint { Endpoint(.only) }

    /// A socket that the service manager passed under this name.
    public static func activated(_ name: String) -> Endpoint { Endpoint(.named(name)) }

    /// A socket that this process was started with, by its number. It belongs to whoever opens the endpoint.
    public static func descriptor(_ number: Int32) -> Endpoint { Endpoint(.descriptor(number)) }

    /// Reads what stands behind the scheme.
    static func inheritedSocket(
        _ place: Substring,
        _ transport: Transport
    ) throws(EndpointError) -> InheritedSocket {
        let text = place.hasPrefix("//") ? place.dropFirst(2) : place
        if transport == .descriptor {
            guard let number = number(text, in: 0...Int(Int32.max)) else {
                throw .invalidInherited(String(text), transport)
            }
            return .descriptor(Int32(number))
        }
        if text.isEmpty { return .only }
        let bytes = try Escapes.decoded(text)
        // sd_listen_fds_with_names(3): printable ASCII without a colon.
        let isName = bytes.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
        guard isName, bytes.count <= InheritedSocket.nameBytesMax else {
            throw .invalidInherited(String(text), transport)
        }
        return .named(String(decoding: bytes, as: UTF8.self))
    }
}
