import ParleyWire

extension ABI {
    /// AVR, the Arduino's 8-bit processor: `int` has 16 bits, `double` 32; nothing is aligned.
    public static let avr = ABI(
        name: "avr",
        byteOrder: .little,
        isCharSigned: true,
        short: Extent(size: 2, alignment: 1),
        int: Extent(size: 2, alignment: 1),
        long: Extent(size: 4, alignment: 1),
        longLong: Extent(size: 8, alignment: 1),
        float: Extent(size: 4, alignment: 1),
        double: Extent(size: 4, alignment: 1),
        longDouble: Extent(size: 4, alignment: 1),
        pointer: Extent(size: 2, alignment: 1),
        alignmentMaximum: 1,
        records: RecordRules(bitFieldTypesMatter: false, enumerationsAlign: true),
        names: .int16,
        macros: gccMacros + [
            "__AVR__ 1", "__AVR 1", "AVR 1", "__INT24_MAX__ 8388607L", "__INT24_MIN__ (-__INT24_MAX__-1)",
            "__UINT24_MAX__ 16777215UL",
        ]
    )
}
