import ParleyWire

extension ABI {
    /// 32-bit x86 Linux: the System V ABI, ILP32, little-endian. Members of 8 bytes are aligned to 4.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    public static let i386Linux = ABI(
        name: "i386",
        byteOrder: .little,
        isCharSigned: true,
        short: Extent(2),
        int: Extent(4),
        long: Extent(4),
        longLong: Extent(size: 8, alignment: 4, preferredAlignment: 8),
        float: Extent(4),
        double: Extent(size: 8, alignment: 4, preferredAlignment: 8),
        longDouble: Extent(size: 12, alignment: 4),
        pointer: Extent(4),
        alignmentMaximum: 16,
        records: RecordRules(integerMemberAlignmentMax: 4),
        names: TypeNames(wideCharacter: "long"),
        macros: linuxMacros + [
            "__i386__ 1", "__i386 1", "i386 1", "__i686__ 1", "__i686 1", "__ILP32__ 1", "_ILP32 1",
            "__SIZEOF_FLOAT80__ 12", "__SIZEOF_FLOAT128__ 16",
        ]
    )
}
