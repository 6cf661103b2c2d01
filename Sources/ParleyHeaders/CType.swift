import ParleyWire

/// The scalar types of C that are spelled with keywords.
enum CScalar: Sendable, Hashable {
    case bool, char, signedChar, unsignedChar
    case short, unsignedShort, int, unsignedInt, long, unsignedLong, longLong, unsignedLongLong
    case float, double, longDouble

    var isFloating: Bool { self == .float || self == .double || self == .longDouble }

    var spelling: String {
        switch self {
        case .bool: "_Bool"
        case .char: "char"
        case .signedChar: "signed char"
        case .unsignedChar: "unsigned char"
        case .short: "short"
        case .unsignedShort: "unsigned short"
        case .int: "int"
        case .unsignedInt: "unsigned int"
        case .long: "long"
        case .unsignedLong: "unsigned long"
        case .longLong: "long long"
        case .unsignedLongLong: "unsigned long long"
        case .float: "float"
        case .double: "double"
        case .longDouble: "long double"
        }
    }
}

/// A type of C. Structs, unions and enums are numbers into the ``TypeTable``.
indirect enum CType: Sendable, Hashable {
    case void
    case scalar(CScalar)
    case enumeration(Int)
    case record(Int)
    case pointer
    case function
    /// `count` is nil for `[]`.
    case array(CType, count: Int?)
    /// A typedef with `__attribute__((aligned))`.
    case aligned(CType, to: Int)
    /// `_Atomic`, where it is aligned to more than the type is.
    case atomic(CType, alignment: Int)
    /// A number whose type says in which order its bytes stand, whatever machine keeps it: the kernel's
    /// `__be32`.
    case ordered(CType, ByteOrder)
    /// A type of known size whose values mean nothing to Parley: `__int128`, `_Complex double`.
    case opaque(String, size: Int, alignment: Int)
    /// A type that Parley knows by name only: `_BitInt`.
    case unsupported(String)

    /// The type without alignment and byte order.
    var bare: CType {
        switch self {
        case .aligned(let type, _), .atomic(let type, _), .ordered(let type, _): type.bare
        default: self
        }
    }

    /// The byte order that the type says, of an array that of its elements; nil where it says none.
    var order: ByteOrder? {
        switch self {
        case .ordered(_, let order): order
        case .aligned(let type, _), .atomic(let type, _), .array(let type, _): type.order
        default: nil
        }
    }

    /// The type with its bytes in that order; its alignment stays.
    func ordered(_ order: ByteOrder) -> CType {
        switch self {
        case .aligned(let type, let alignment): .aligned(type.ordered(order), to: alignment)
        case .ordered(let type, _): .ordered(type, order)
        default: .ordered(self, order)
        }
    }

    /// The type with another alignment in place of its own.
    func aligned(to alignment: Int) -> CType {
        if case .aligned(let type, _) = self { return .aligned(type, to: alignment) }
        return .aligned(self, to: alignment)
    }

    /// How deep arrays and alignments nest; bounded, so that recursion over types is.
    var depth: Int {
        switch self {
        case .array(let element, _): element.depth + 1
        case .aligned(let type, _), .atomic(let type, _), .ordered(let type, _): type.depth + 1
        default: 0
        }
    }
}

/// A struct or union.
struct CRecord: Sendable {
    /// The tag, or the typedef that names it.
    var name: String?
    /// Whether it has a tag; a member without name and tag is anonymous.
    var isTagged = false
    var isUnion: Bool
    var spot: Spot
    var state = State.incomplete
    var members: [Member] = []
    var isPacked = false
    var size = 0
    var alignment = 1
    /// Whether an `aligned` attribute gave it its alignment, here or in a member.
    var isUserAligned = false
    /// The alignment that attributes of it and its members demand: Microsoft's compiler never goes below.
    var requiredAlignment = 1
    /// Whether it has an `aligned` attribute itself.
    var hasOwnAlignment = false
    /// The order of its numbers and bit fields when `scalar_storage_order` names one.
    var storageOrder: ByteOrder?
    /// The fields, those of nested structs counted each time.
    var fieldCount = 0
    var depth = 0
    /// Whether its last member is `x[]`.
    var isFlexible = false

    enum State: Sendable {
        case incomplete, complete
        /// Its definition was not understood.
        case broken(Fault)
    }

    struct Member: Sendable {
        /// Empty for anonymous structs and unions.
        var name: String
        var type: CType
        /// The type as written, for messages.
        var spelling: String
        /// Whether the type's size differs between machines.
        var isABIDependent: Bool
        var spot: Spot
        var isPacked = false
        /// Its own `aligned`.
        var alignment: Int?
        /// The width of a bit field.
        var bitWidth: Int?
        /// The member that says how many elements it has.
        var countedBy: String?
        /// Where it begins; the byte that holds the first bit of a bit field.
        var offset = 0
        /// A bit field's first bit in that byte, counted from the end at which the ABI begins.
        var firstBit = 0
        /// The alignment it got, in bytes.
        var placedAlignment = 1

        /// The bytes that hold a bit field.
        var bitFieldBytes: Int { (firstBit + (bitWidth ?? 0) + 7) / 8 }
    }
}

/// An enumeration.
struct CEnumeration: Sendable {
    var name: String?
    var cases: [(name: String, value: Int128)] = []
    /// The integer type it is kept in.
    var scalar = CScalar.unsignedInt
    var isComplete = false
    /// Its `aligned` attribute.
    var alignment: Int?
}

/// What names mean.
struct TypeTable: Sendable {
    var records: [CRecord] = []
    var enumerations: [CEnumeration] = []
    var typedefs: [String: Typedef] = [:]
    /// Struct and union tags, and enum tags: one name space in C.
    var tags: [String: CType] = [:]
    var constants: [String: CInteger] = [:]
    var constantOrder: [(name: String, spot: Spot)] = []
    /// Names of structs, tags and typedefs, in order.
    private(set) var structOrder: [(name: String, spot: Spot)] = []
    private var structNames: Set<String> = []

    mutating func noteStruct(_ name: String, at spot: Spot) {
        if structNames.insert(name).inserted { structOrder.append((name, spot)) }
    }

    struct Typedef: Sendable {
        var type: CType
        var isABIDependent: Bool
    }
}
