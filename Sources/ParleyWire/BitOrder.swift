/// In which order the bit fields of a message take the bits of its bytes.
public enum BitOrder: Sendable, Hashable, CaseIterable {
    /// As in the pictures of RFCs: the first field takes the most significant bits of a byte, and values
    /// stand most significant bit first.
    case mostSignificantFirst
    /// As compilers for little-endian machines do it: the first field takes the least significant bits of a
    /// byte, and values grow to later bits and bytes.
    case leastSignificantFirst

    /// The same as a layout says it.
    @inlinable public var byteOrder: ByteOrder {
        switch self {
        case .mostSignificantFirst: .big
        case .leastSignificantFirst: .little
        }
    }
}

/// Bits kept for later: sent as zero, not looked at when they come in. `@Bits` says how many.
///
///     @Bits(3) var spare: ReservedBits
public struct ReservedBits: Sendable, Hashable {
    @inlinable public init() {}
}
