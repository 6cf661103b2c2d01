import ParleyWire

extension ABI {
    /// Motorola 68000 Linux: ILP32, big-endian; nothing is aligned to more than 2.
    public static let m68kLinux = ABI(
        name: "m68k",
        byteOrder: .big,
        isCharSigned: true,
        short: Extent(2),
        int: Extent(size: 4, alignment: 2),
        long: Extent(size: 4, alignment: 2),
        longLong: Extent(size: 8, alignment: 2),
        float: Extent(size: 4, alignment: 2),
        double: Extent(size: 8, alignment: 2),
        longDouble: Extent(size: 12, alignment: 2),
        pointer: Extent(size: 4, alignment: 2),
        alignmentMaximum: 2,
        records: RecordRules(bitFieldTypesMatter: false, zeroWidthAlignment: 2),
        names: TypeNames(wideCharacter: "long"),
        macros: linuxMacros + [
            "__m68k__ 1", "__mc68000__ 1", "__mc68000 1", "mc68000 1", "__mc68020__ 1", "__mc68020 1",
            "mc68020 1",
        ]
    )
}
