import ParleyWire

extension ABI {
    /// IBM Z Linux: LP64, big-endian, `char` is unsigned; nothing is aligned to more than 8.
    public static let s390xLinux = ABI(
        name: "s390x",
        byteOrder: .big,
        isCharSigned: false,
        short: Extent(2),
        int: Extent(4),
        long: Extent(8),
        longLong: Extent(8),
        int128: Extent(size: 16, alignment: 8),
        float: Extent(4),
        double: Extent(8),
        longDouble: Extent(size: 16, alignment: 8),
        pointer: Extent(8),
        alignmentMaximum: 8,
        names: .lp64,
        macros: linuxMacros + ["__s390__ 1", "__s390x__ 1", "__zarch__ 1", "__LP64__ 1", "_LP64 1"]
    )
}
