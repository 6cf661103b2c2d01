/// In which order the bytes of a number stand.
public enum ByteOrder: String, Sendable, Hashable, CaseIterable {
    /// Most significant byte first: network byte order, the default everywhere in Parley.
    case big
    /// Least significant byte first.
    case little
}

/// An integer of a fixed width in a fixed byte order.
public struct IntegerType: Sendable, Hashable {
    /// The width in bytes: 1, 2, 4 or 8.
    public var bytes: Int
    public var isSigned: Bool
    public var order: ByteOrder

    public init(bytes: Int, isSigned: Bool, order: ByteOrder = .big) {
        precondition([1, 2, 4, 8].contains(bytes), "integers have 1, 2, 4 or 8 bytes")
        self.bytes = bytes
        self.isSigned = isSigned
        self.order = order
    }
}

/// What the bytes of one field are. The same for a Swift type, a C header and a spelled-out layout.
public indirect enum FieldType: Sendable, Hashable {
    case integer(IntegerType)
    /// IEEE 754, 4 or 8 bytes.
    case float(bytes: Int, order: ByteOrder)
    /// One byte, 0 or 1.
    case bool
    case enumeration(EnumerationType)
    /// Some bits, which share bytes with the bit fields beside them: only as the type of a message's field or
    /// of a union's member.
    case bits(BitsType)
    /// Characters, padded with NUL; a full field needs no NUL. C's `char[n]`.
    case text(capacity: Int)
    /// Bytes without a meaning of their own. C's `uint8_t[n]`.
    case bytes(count: Int)
    case array(of: FieldType, count: Int)
    case message(MessageLayout)
    /// Members that share their bytes.
    case union(UnionType)
    /// Whatever follows: only the last field of a message can be of this type.
    case tail(TailType)
}

/// An integer of which some values have names.
public struct EnumerationType: Sendable, Hashable {
    public var name: String
    public var integer: IntegerType
    /// The names that are known, in order of declaration; values of signed types are their bit patterns'
    /// signed reading.
    public var cases: [Case]
    /// Whether a value without a name is legal (C) or refused (a Swift enum).
    public var isOpen: Bool

    public struct Case: Sendable, Hashable {
        public var name: String
        public var value: Int64

        public init(name: String, value: Int64) {
            self.name = name
            self.value = value
        }
    }

    public init(name: String, integer: IntegerType, cases: [Case], isOpen: Bool) {
        self.name = name
        self.integer = integer
        self.cases = cases
        self.isOpen = isOpen
    }
}

/// The variable end of a message: what it is made of, and how its end is found.
public struct TailType: Sendable, Hashable {
    public var element: Element
    /// The field that counts it, or nil when the tail is the rest of the datagram.
    public var count: Count?

    public init(_ element: Element, count: Count? = nil) {
        self.element = element
        self.count = count
    }

    public enum Element: Sendable, Hashable {
        case text
        case bytes
        case items(FieldType)
    }

    public struct Count: Sendable, Hashable {
        /// The name of the counting field, which encoding fills in.
        public var field: String
        public var unit: CountUnit

        public init(field: String, unit: CountUnit) {
            self.field = field
            self.unit = unit
        }
    }
}

extension FieldType {
    /// The least bytes a value takes; of bits those that they touch.
    public var sizeMinimum: Int {
        switch self {
        case .integer(let integer): integer.bytes
        case .float(let bytes, _): bytes
        case .bool: 1
        case .enumeration(let enumeration): enumeration.integer.bytes
        case .bits(let bits): bits.bytesTouched
        case .union(let union): union.size
        case .text(let capacity): capacity
        case .bytes(let count): count
        case .array(let element, let count): element.sizeMinimum * count
        case .message(let layout): layout.sizeMinimum
        case .tail: 0
        }
    }

    /// The most bytes a value takes, or nil when nothing bounds it.
    public var sizeMaximum: Int? {
        switch self {
        case .integer, .float, .bool, .enumeration, .bits, .union, .text, .bytes: sizeMinimum
        case .array(let element, let count): element.sizeMaximum.map { $0 * count }
        case .message(let layout): layout.sizeMaximum
        case .tail: nil
        }
    }

    /// Whether every value takes the same number of bytes.
    public var isFixedSize: Bool { sizeMaximum == sizeMinimum }
}
