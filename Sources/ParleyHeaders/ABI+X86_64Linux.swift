import ParleyWire

extension ABI {
    /// x86-64 Linux: the System V ABI, LP64, little-endian, `char` is signed.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    public static let x86_64Linux = ABI(
        name: "x86-64",
        byteOrder: .little,
        isCharSigned: true,
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
            "__x86_64__ 1", "__x86_64 1", "__amd64__ 1", "__amd64 1", "__LP64__ 1", "_LP64 1",
            "__SIZEOF_FLOAT80__ 16", "__SIZEOF_FLOAT128__ 16",
        ]
    )
}
