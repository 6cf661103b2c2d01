import ParleyWire

extension ABI {
    /// 64-bit RISC-V Linux: LP64D, little-endian, `char` is unsigned.
    public static let riscv64Linux = ABI(
        name: "riscv64",
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
        names: .lp64,
        macros: linuxMacros + ["__riscv 1", "__riscv_xlen 64", "__LP64__ 1", "_LP64 1"]
    )
}
