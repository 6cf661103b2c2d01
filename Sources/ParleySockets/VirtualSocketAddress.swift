internal import CParleyLinux
internal import Glibc

/// Where one end of a conversation between a virtual machine and its host is (vsock(7)).
public struct VirtualSocketAddress: KernelAddress {
    /// Which machine.
    public var context: Context
    /// The port, in host order; below 1024 needs CAP_NET_BIND_SERVICE.
    public var port: UInt32

    /// A machine: the number that its host gave it, or one of the names below.
    public struct Context: RawRepresentable, Sendable, Hashable {
        public var rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The hypervisor's own services.
        public static let hypervisor = Context(rawValue: UInt32(VMADDR_CID_HYPERVISOR))
        /// This machine, whichever it is; needs CONFIG_VSOCKETS_LOOPBACK.
        public static let local = Context(rawValue: UInt32(VMADDR_CID_LOCAL))
        /// The machine that this virtual machine runs on.
        public static let host = Context(rawValue: UInt32(VMADDR_CID_HOST))
        /// To bind: every number that this machine has.
        public static let any = Context(rawValue: .max)
    }

    /// To bind: a port of the system's choice.
    public static let anyPort = UInt32.max

    public init(_ context: Context, port: UInt32) {
        self.context = context
        self.port = port
    }

    public static var family: SocketFamily { .virtual }

    public init?(kernel bytes: RawSpan) {
        guard bytes.family(ofBytes: MemoryLayout<sockaddr_vm>.size) == .virtual else { return nil }
        port = bytes.number(at: 4)
        context = Context(rawValue: bytes.number(at: 8))
    }

    public func write(kernel bytes: inout MutableRawSpan) -> Int {
        bytes.put(UInt16(AF_VSOCK), at: 0)
        bytes.put(port, at: 4)
        bytes.put(context.rawValue, at: 8)
        return MemoryLayout<sockaddr_vm>.size
    }
}

extension VirtualSocketAddress: LosslessStringConvertible {
    /// Reads `host:1024`, `3:1024`, `any:any`: a machine's number or name, and a port.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let context = Context(String(parts[0])) else { return nil }
        if parts[1] == "any" {
            self.init(context, port: Self.anyPort)
        } else {
            guard let port = Context.number(parts[1]) else { return nil }
            self.init(context, port: port)
        }
    }

    /// `host:1024`: the machine and the port.
    public var description: String { "\(context):\(port == Self.anyPort ? "any" : "\(port)")" }
}

extension VirtualSocketAddress.Context: LosslessStringConvertible {
    private static let names: [(name: String, context: Self)] = [
        ("hypervisor", .hypervisor), ("local", .local), ("host", .host), ("any", .any),
    ]

    /// Reads a number or a name.
    public init?(_ text: String) {
        if let named = Self.names.first(where: { $0.name == text }) {
            self = named.context
        } else {
            guard let number = Self.number(text[...]) else { return nil }
            self.init(rawValue: number)
        }
    }

    /// The name, or the number where there is none.
    public var description: String { Self.names.first { $0.context == self }?.name ?? "\(rawValue)" }

    /// Decimal digits and nothing else.
    static func number(_ text: Substring) -> UInt32? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? UInt32(text) : nil
    }
}
