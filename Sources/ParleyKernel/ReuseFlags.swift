/// The two options that let sockets share a port. nil: unknown, because sock_diag(7) does not tell them; with rights
/// over the process they are read by pidfd_getfd(2) and getsockopt(2).
public struct ReuseFlags: Sendable, Hashable {
    /// SO_REUSEADDR
    public var address: Bool?
    /// SO_REUSEPORT
    public var port: Bool?

    public init(address: Bool?, port: Bool?) {
        self.address = address
        self.port = port
    }

    public static let unknown = ReuseFlags(address: nil, port: nil)
    public static let none = ReuseFlags(address: false, port: false)
}
