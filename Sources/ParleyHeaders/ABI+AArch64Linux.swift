import ParleyWire

extension ABI {
    /// 64-bit Arm Linux: AAPCS64, LP64, little-endian, `char` is unsigned. Unnamed bit fields align too.
    public static let aarch64Linux = ABI(
        name: "aarch64",
        byteOrder: .little,
        isCharSigned: false,
        short: Extent(2),
        int: Extent(4),
        long: Extent(8),
        longLong: Extent(8),
        int128: Extent(16),
        float: Extent(4),
        double: Extent(8),
        longDouble: Extent(16),
        pointer: Extent(8),
        alignmentMaximum: 16,
        records: RecordRules(unnamedBitFieldsAlign: true, vectorAlignmentMax: 16),
        names: TypeNames(
            int64: "long",
            pointer: "long",
            wideCharacter: "unsigned int",
            fast16: "long",
            fast32: "long"
        ),
        macros: linuxMacros + [
            "__aarch64__ 1", "__AARCH64EL__ 1", "__ARM_ARCH 8", "__ARM_SIZEOF_MINIMAL_ENUM 4",
            "__ARM_SIZEOF_WCHAR_T 4",
            "__LP64__ 1", "_LP64 1",
        ]
    )
}
