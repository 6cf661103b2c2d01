import ParleyWire

extension ABI {
    /// MSP430, 16 bits: MSP430 EABI, `int` has 16 bits, nothing is aligned to more than 2.
    public static let msp430 = ABI(
        name: "msp430",
        byteOrder: .little,
        isCharSigned: false,
        short: Extent(2),
        int: Extent(2),
        long: Extent(size: 4, alignment: 2),
        longLong: Extent(size: 8, alignment: 2),
        float: Extent(size: 4, alignment: 2),
        double: Extent(size: 8, alignment: 2),
        longDouble: Extent(size: 8, alignment: 2),
        pointer: Extent(2),
        alignmentMaximum: 2,
        names: .int16,
        macros: gccMacros + ["__MSP430__ 1", "MSP430 1"]
    )
}
