public import ParleyWire

/// What a C compiler decides for one kind of machine: sizes and alignments of the types, byte order,
/// signedness of `char`, how structs, bit fields and enums are laid out, and the macros by which a header can
/// ask for all this.
///
/// An ABI is data. To add one, write one file with one static constant, see `ABI+X86_64Linux.swift`, and name
/// it in ``all``.
public struct ABI: Sendable, Hashable {
    /// The name by which the command knows it, `x86-64`.
    public var name: String
    /// The order in which the machine keeps the bytes of a number in memory, and the end of a byte from
    /// which its compilers fill bit fields.
    public var byteOrder: ByteOrder
    public var isCharSigned: Bool
    public var short: Extent
    public var int: Extent
    public var long: Extent
    public var longLong: Extent
    /// `__int128`; nil where there is none.
    public var int128: Extent?
    public var float: Extent
    public var double: Extent
    public var longDouble: Extent
    public var pointer: Extent
    /// What `__attribute__((aligned))` without a number means, in bytes; GCC's `__BIGGEST_ALIGNMENT__`.
    public var alignmentMaximum: Int
    /// How structs and unions are laid out.
    public var records: RecordRules
    /// How enums are kept.
    public var enumerations: EnumerationRules
    /// The types behind the standard's names.
    public var names: TypeNames
    /// The macros that the compiler has before the first line, as `NAME VALUE`, besides those that
    /// follow from the rest.
    public var macros: [String]

    /// Size and alignment of a type, in bytes. Alignment is `_Alignof`, which may be less than the size.
    public struct Extent: Sendable, Hashable {
        public var size: Int
        public var alignment: Int
        /// What GCC's `__alignof__` says: how a variable is aligned, which i386 does better than a member.
        public var preferredAlignment: Int

        public init(size: Int, alignment: Int, preferredAlignment: Int? = nil) {
            self.size = size
            self.alignment = alignment
            self.preferredAlignment = preferredAlignment ?? alignment
        }

        /// A type that is aligned to its own size.
        public init(_ size: Int) {
            self.init(size: size, alignment: size)
        }
    }

    public init(
        name: String,
        byteOrder: ByteOrder,
        isCharSigned: Bool,
        short: Extent,
        int: Extent,
        long: Extent,
        longLong: Extent,
        int128: Extent? = nil,
        float: Extent,
        double: Extent,
        longDouble: Extent,
        pointer: Extent,
        alignmentMaximum: Int,
        records: RecordRules = RecordRules(),
        enumerations: EnumerationRules = EnumerationRules(),
        names: TypeNames,
        macros: [String]
    ) {
        self.name = name
        self.byteOrder = byteOrder
        self.isCharSigned = isCharSigned
        self.short = short
        self.int = int
        self.long = long
        self.longLong = longLong
        self.int128 = int128
        self.float = float
        self.double = double
        self.longDouble = longDouble
        self.pointer = pointer
        self.alignmentMaximum = alignmentMaximum
        self.records = records
        self.enumerations = enumerations
        self.names = names
        self.macros = macros
    }

    /// Every ABI that Parley knows.
    public static let all: [ABI] = [
        .x86_64Linux, .aarch64Linux, .i386Linux, .arm32Linux, .riscv64Linux, .riscv32Linux, .windowsX64,
        .avr, .msp430, .m68kLinux, .s390xLinux, .ppc64Linux,
    ]
}

extension ABI {
    /// The extent of a scalar type.
    func extent(of scalar: CScalar) -> Extent {
        switch scalar {
        case .bool, .char, .signedChar, .unsignedChar: Extent(1)
        case .short, .unsignedShort: short
        case .int, .unsignedInt: int
        case .long, .unsignedLong: long
        case .longLong, .unsignedLongLong: longLong
        case .float: float
        case .double: double
        case .longDouble: longDouble
        }
    }

    func isSigned(_ scalar: CScalar) -> Bool {
        switch scalar {
        case .char: isCharSigned
        case .signedChar, .short, .int, .long, .longLong, .float, .double, .longDouble: true
        case .bool, .unsignedChar, .unsignedShort, .unsignedInt, .unsignedLong, .unsignedLongLong: false
        }
    }
}
