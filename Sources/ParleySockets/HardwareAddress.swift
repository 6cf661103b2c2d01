/// The address of an interface on its link, a MAC address on Ethernet: at most 8 bytes.
public struct HardwareAddress: Sendable, Hashable {
    /// The bytes from the highest on; those that do not count are 0.
    private let word: UInt64
    /// How many bytes there are: 6 on Ethernet, 0 for an unknown address.
    public let byteCount: Int

    /// The most bytes there can be.
    public static let byteCountMax = 8
    /// No address.
    public static let none = HardwareAddress(first: [])!
    /// Every host of an Ethernet link: ff:ff:ff:ff:ff:ff.
    public static let broadcast = HardwareAddress(first: [UInt8](repeating: 0xFF, count: 6))!

    /// Takes bytes in the order of the wire; nil for more than 8.
    public init?(_ bytes: some Collection<UInt8>) {
        self.init(first: bytes)
    }

    private init?(first bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.byteCountMax else { return nil }
        var word: UInt64 = 0
        for (index, byte) in bytes.enumerated() { word |= UInt64(byte) << (56 - 8 * UInt64(index)) }
        self.word = word
        byteCount = bytes.count
    }

    /// The first bytes of a word in the order of the wire; the kernel's count may be that of a longer address.
    init(word: UInt64, byteCount: Int) {
        self.byteCount = min(byteCount, Self.byteCountMax)
        self.word = self.byteCount == 0 ? 0 : word & (.max << (64 - 8 * UInt64(self.byteCount)))
    }

    /// All eight bytes in the order of the wire.
    var bigEndianWord: UInt64 { word }

    /// The bytes in the order of the wire.
    public var bytes: [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }

    /// Whether the address is that of a group or of everyone: the lowest bit of the first byte.
    public var isMulticast: Bool { byteCount > 0 && word >> 56 & 1 == 1 }
}

extension HardwareAddress: LosslessStringConvertible {
    /// Reads one to eight bytes of two hexadecimal digits, with `:` or `-` between them.
    public init?(_ text: String) {
        let separator: Character = text.contains("-") ? "-" : ":"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part -> UInt8? in
            let isByte = part.utf8.count == 2 && part.utf8.allSatisfy { $0 != UInt8(ascii: "+") }
            return isByte ? UInt8(part, radix: 16) : nil
        }
        guard bytes.count == parts.count else { return nil }
        self.init(first: bytes)
    }

    /// `02:00:5e:10:00:ff`; `(none)` where there is no byte.
    public var description: String {
        guard byteCount > 0 else { return "(none)" }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
