public import ParleyWire

/// One struct as one machine's compiler lays it out: every bit is a field's, a gap's, or an open tail's.
///
/// Bits are counted as the machine counts them: from the least significant of the first byte where numbers are
/// little-endian, from the most significant where they are big-endian. Whole bytes are eight bits in both.
public struct StructurePlan: Sendable, Hashable {
    public var machine: Machine
    public var packing: Packing
    public var isUnion: Bool
    /// In bytes, an open tail not counted.
    public let size: Int
    /// In bytes.
    public let alignment: Int
    /// Depth first: the members of a nested struct or union follow it.
    public let fields: [Field]
    /// Every gap, in the order of the bytes; of an array of structs those of the first element.
    public let gaps: [Gap]

    public init(
        machine: Machine,
        packing: Packing,
        isUnion: Bool = false,
        size: Int,
        alignment: Int,
        fields: [Field]
    ) {
        self.machine = machine
        self.packing = packing
        self.isUnion = isUnion
        self.size = size
        self.alignment = alignment
        self.fields = fields
        gaps = GapFinder(fields, size: size).gaps
    }

    /// What a reader of memory must know of the machine besides offsets.
    public struct Machine: Sendable, Hashable {
        public var name: String
        public var byteOrder: ByteOrder
        /// From which end of a byte bit fields are counted: a machine's own, as its numbers.
        public var bitOrder: ByteOrder

        /// - Parameter bitOrder: nil: as the bytes of numbers.
        public init(name: String, byteOrder: ByteOrder, bitOrder: ByteOrder? = nil) {
            self.name = name
            self.byteOrder = byteOrder
            self.bitOrder = bitOrder ?? byteOrder
        }

        public init(_ abi: ABI) {
            self.init(name: abi.name, byteOrder: abi.byteOrder)
        }

        /// No machine: bytes on their way, packed, numbers in network order. Nothing swaps bit fields: they
        /// stay where the sender's compiler puts them.
        public static func wire(from sender: Machine, _ order: ByteOrder = .big) -> Machine {
            Machine(name: wireName, byteOrder: order, bitOrder: sender.bitOrder)
        }

        /// Whether it is no machine but bytes on their way.
        public var isWire: Bool { name == Self.wireName }

        private static let wireName = "the wire"
    }

    public enum Packing: String, Sendable, Hashable {
        /// As the header says.
        case asWritten
        /// As if every struct had `__attribute__((packed))`.
        case packed
    }

    /// One member, of whatever depth.
    public struct Field: Sendable, Hashable {
        /// From the outermost struct, `body.count`.
        public var path: String
        /// 0 for a member of the outermost struct.
        public var depth: Int
        /// As the header writes it, `uint8_t[13]`.
        public var type: String
        public var kind: Kind
        /// The field's first bit, counted from the outermost struct's.
        public var firstBit: Int
        public var bitCount: Int
        /// In bytes; 0 where the word means nothing: bit fields.
        public var alignment: Int
        public var isBitField: Bool
        /// The bytes of one number: the innermost element of an array.
        public var elementSize: Int
        /// Whether it is `x[]`: as many elements as a message holds.
        public var isOpen: Bool
        /// The order of its bytes where its type says one on every machine, `__be32`; nil: the machine's.
        public var byteOrder: ByteOrder?

        public init(
            path: String,
            depth: Int = 0,
            type: String,
            kind: Kind,
            firstBit: Int,
            bitCount: Int,
            alignment: Int = 1,
            isBitField: Bool = false,
            elementSize: Int = 1,
            isOpen: Bool = false,
            byteOrder: ByteOrder? = nil
        ) {
            self.path = path
            self.depth = depth
            self.type = type
            self.kind = kind
            self.firstBit = firstBit
            self.bitCount = bitCount
            self.alignment = alignment
            self.isBitField = isBitField
            self.elementSize = elementSize
            self.isOpen = isOpen
            self.byteOrder = byteOrder
        }
    }

    /// What a field is, as far as it matters to whoever copies its bytes.
    public enum Kind: Sendable, Hashable {
        case integer(isSigned: Bool)
        case boolean
        case enumeration(isSigned: Bool)
        case float
        case pointer
        /// Members follow.
        case structure
        /// Members that share their bytes follow.
        case union
        /// What has a size and nothing else: `__int128`.
        case opaque
    }
}

extension StructurePlan.Field {
    /// The last word of the path.
    public var name: String { path.split(separator: ".").last.map(String.init) ?? path }
    /// The byte that holds its first bit.
    public var offset: Int { firstBit / 8 }
    /// In bytes; of a bit field the bytes that hold a bit of it.
    public var size: Int { isBitField ? (firstBit % 8 + bitCount + 7) / 8 : bitCount / 8 }
    /// One past its last bit.
    public var end: Int { firstBit + bitCount }
    /// The bits of a byte that are the field's, counted from the most significant.
    ///
    /// - Parameter order: the machine's, which says from which end it counts.
    public func bits(in byte: Int, _ order: ByteOrder) -> Range<Int>? {
        let range = (firstBit..<end).clamped(to: byte * 8..<byte * 8 + 8)
        guard !range.isEmpty else { return nil }
        let first = range.lowerBound - byte * 8
        let last = range.upperBound - byte * 8
        return order == .big ? first..<last : 8 - last..<8 - first
    }

    /// Whether a bit field is the same bits of the same bytes on two machines; both read one value from them
    /// when all are in one byte or both count from the same end.
    public func sharesBits(_ order: ByteOrder, with other: Self, _ otherOrder: ByteOrder) -> Bool {
        guard bitCount == other.bitCount, offset == other.offset else { return false }
        guard bitCount > 0 else { return true }
        return (offset...(end - 1) / 8).allSatisfy { bits(in: $0, order) == other.bits(in: $0, otherOrder) }
    }

    /// Whether the highest bit is a sign; nil for what is no whole number.
    public var isSigned: Bool? {
        switch kind {
        case .integer(let isSigned), .enumeration(let isSigned): isSigned
        default: nil
        }
    }

    /// Whether fields of its own follow.
    public var hasMembers: Bool { kind == .structure || kind == .union }
}
