import ParleyWire

extension ABI {
    /// 64-bit PowerPC Linux, big-endian: LP64, `char` is unsigned.
    public static let ppc64Linux = ABI(
        name: "ppc64",
        byteOrder: .big,
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
        names: .lp64,
        macros: linuxMacros + [
            "__powerpc64__ 1", "__powerpc__ 1", "__PPC64__ 1", "__PPC__ 1", "__BIG_ENDIAN__ 1",
            "_BIG_ENDIAN 1", "_CALL_ELF 1", "__SIZEOF_IBM128__ 16",
            "__LP64__ 1", "_LP64 1",
        ]
    )
}
