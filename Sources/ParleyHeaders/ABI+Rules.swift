extension ABI {
    /// How a compiler lays out structs and unions, as far as compilers differ in it.
    public struct RecordRules: Sendable, Hashable {
        public var family: Family
        /// Whether the declared type of a bit field matters to its place: if not, it begins at the next bit
        /// whatever its type (GCC's PCC_BITFIELD_TYPE_MATTERS is 0: AVR, m68k).
        public var bitFieldTypesMatter: Bool
        /// The alignment that a bit field of zero width gives to what follows where types do not matter, in
        /// bytes.
        public var zeroWidthAlignment: Int
        /// Whether an unnamed bit field, too, gives the struct the alignment of its type (Arm).
        public var unnamedBitFieldsAlign: Bool
        /// The alignment that a member of a whole-number type gets at most, unless an attribute asks for
        /// more, in bytes; nil where there is no such bound (i386: 4).
        public var integerMemberAlignmentMax: Int?
        /// The alignment that a vector (`vector_size`) gets at most, in bytes; nil where it is its size.
        public var vectorAlignmentMax: Int?
        /// The size of a struct without members, in bytes.
        public var emptySize: Int
        /// Whether `aligned` behind an enum's values aligns it. GCC 12 ignores it there; GCC 5 for AVR and
        /// clang for Windows do not.
        public var enumerationsAlign: Bool

        public init(
            family: Family = .gcc,
            bitFieldTypesMatter: Bool = true,
            zeroWidthAlignment: Int = 1,
            unnamedBitFieldsAlign: Bool = false,
            integerMemberAlignmentMax: Int? = nil,
            vectorAlignmentMax: Int? = nil,
            emptySize: Int = 0,
            enumerationsAlign: Bool = false
        ) {
            self.family = family
            self.bitFieldTypesMatter = bitFieldTypesMatter
            self.zeroWidthAlignment = zeroWidthAlignment
            self.unnamedBitFieldsAlign = unnamedBitFieldsAlign
            self.integerMemberAlignmentMax = integerMemberAlignmentMax
            self.vectorAlignmentMax = vectorAlignmentMax
            self.emptySize = emptySize
            self.enumerationsAlign = enumerationsAlign
        }

        /// The two ways of C compilers with bit fields and packing.
        public enum Family: Sendable, Hashable {
            /// The System V ABIs and their kin: a bit field shares bytes with whatever stands before it, but
            /// does not straddle more units of its declared type than the type itself.
            case gcc
            /// Microsoft's: bit fields share a unit of their declared type, and only with neighbours whose
            /// types have the same size.
            case microsoft
        }
    }

    /// How a compiler chooses the integer that an enum is kept in.
    public enum EnumerationRules: Sendable, Hashable {
        /// An int, unsigned unless a value is negative, or the first larger type that holds all values;
        /// `__attribute__((packed))` allows smaller ones.
        case smallestFromInt
        /// Always a signed int; larger values are cut off.
        case alwaysInt

        public init() { self = .smallestFromInt }
    }

    /// The types behind the names of `stdint.h` and `stddef.h`, as C spells them.
    public struct TypeNames: Sendable, Hashable {
        public var int16: String
        public var int32: String
        public var int64: String
        /// `intptr_t`, `ptrdiff_t`; `size_t` is its unsigned kin.
        public var pointer: String
        public var wideCharacter: String
        /// `wint_t`.
        public var wideInteger: String
        /// `int_fast16_t`, of which `int_fast32_t` may differ.
        public var fast16: String
        public var fast32: String

        public init(
            int16: String = "short",
            int32: String = "int",
            int64: String = "long long",
            pointer: String = "int",
            wideCharacter: String = "int",
            wideInteger: String = "unsigned int",
            fast16: String = "int",
            fast32: String = "int"
        ) {
            self.int16 = int16
            self.int32 = int32
            self.int64 = int64
            self.pointer = pointer
            self.wideCharacter = wideCharacter
            self.wideInteger = wideInteger
            self.fast16 = fast16
            self.fast32 = fast32
        }

        /// A machine whose `long` and pointers have 64 bits.
        static let lp64 = TypeNames(int64: "long", pointer: "long", fast16: "long", fast32: "long")
        /// A machine whose `int` has 16 bits.
        static let int16 = TypeNames(
            int16: "int",
            int32: "long",
            wideInteger: "int",
            fast32: "long"
        )
    }
}
