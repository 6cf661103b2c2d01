import ParleyWire

extension ABI {
    /// 32-bit Arm Linux, hard float: AAPCS, ILP32, little-endian, `char` is unsigned. Unnamed bit fields
    /// align too; enums are ints, which `-fshort-enums` of bare metal would change.
    public static let arm32Linux = ABI(
        name: "arm32",
        byteOrder: .little,
        isCharSigned: false,
        short: Extent(2),
        int: Extent(4),
        long: Extent(4),
        longLong: Extent(8),
        float: Extent(4),
        double: Extent(8),
        longDouble: Extent(8),
        pointer: Extent(4),
        alignmentMaximum: 8,
        records: RecordRules(unnamedBitFieldsAlign: true, vectorAlignmentMax: 8),
        names: TypeNames(wideCharacter: "unsigned int"),
        macros: linuxMacros + [
            "__arm__ 1", "__ARMEL__ 1", "__ARM_EABI__ 1", "__ARM_ARCH 7", "__ARM_SIZEOF_MINIMAL_ENUM 4",
            "__ARM_SIZEOF_WCHAR_T 4", "__ARM_PCS_VFP 1",
        ]
    )
}
