/// An IPv4 address (RFC 791), four bytes.
public struct IPv4Address: Sendable, Hashable {
    /// The address as a number: 127.0.0.1 is `0x7F00_0001` on every machine.
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        rawValue = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
    }

    /// 0.0.0.0: every local address.
    public static let any = IPv4Address(0, 0, 0, 0)
    /// 127.0.0.1
    public static let loopback = IPv4Address(127, 0, 0, 1)
    /// 255.255.255.255: every host of the local link (RFC 919).
    public static let broadcast = IPv4Address(255, 255, 255, 255)

    /// Whether the address is a group: 224.0.0.0 to 239.255.255.255 (RFC 5771). 240 and above are not.
    public var isMulticast: Bool { rawValue >> 28 == 0xE }
    /// Whether the address is in 127.0.0.0/8.
    public var isLoopback: Bool { rawValue >> 24 == 127 }
    /// Whether the address is in 240.0.0.0/4, reserved since 1989 and refused by the kernel as a group.
    public var isReserved: Bool { rawValue >> 28 == 0xF && self != .broadcast }
}

extension IPv4Address: LosslessStringConvertible {
    /// Reads exactly four decimal numbers from 0 to 255. The shortened and octal forms of `inet_aton` are
    /// refused: `010.1` means different hosts to different programs.
    public init?(_ text: some StringProtocol) {
        var value: UInt32 = 0
        var parts = 0
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard parts < 4, (1...3).contains(part.utf8.count),
                part.utf8.allSatisfy({ (48...57).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 48, let byte = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(byte)
            parts += 1
        }
        guard parts == 4 else { return nil }
        self.init(rawValue: value)
    }

    public init?(_ description: String) {
        self.init(description[...])
    }

    public var description: String {
        "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
    }
}
