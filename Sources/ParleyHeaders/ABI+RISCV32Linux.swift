import ParleyWire

extension ABI {
    /// 32-bit RISC-V: ILP32, little-endian, `char` is unsigned.
    public static let riscv32Linux = ABI(
        name: "riscv32",
        byteOrder: .little,
        isCharSigned: false,
        short: Extent(2),
        int: Extent(4),
        long: Extent(4),
        longLong: Extent(8),
        float: Extent(4),
        double: Extent(8),
        longDouble: Extent(16),
        pointer: Extent(4),
        alignmentMaximum: 16,
        names: TypeNames(),
        macros: linuxMacros + ["__riscv 1", "__riscv_xlen 32"]
    )
}
