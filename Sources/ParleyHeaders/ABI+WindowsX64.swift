import ParleyWire

extension ABI {
    /// 64-bit Windows with Microsoft's compiler: LLP64, little-endian, Microsoft's rules for bit fields.
    public static let windowsX64 = ABI(
        name: "windows-x64",
        byteOrder: .little,
        isCharSigned: true,
        short: Extent(2),
        int: Extent(4),
        long: Extent(4),
        longLong: Extent(8),
        int128: Extent(16),
        float: Extent(4),
        double: Extent(8),
        longDouble: Extent(8),
        pointer: Extent(8),
        alignmentMaximum: 16,
        records: RecordRules(family: .microsoft, emptySize: 4, enumerationsAlign: true),
        enumerations: .alwaysInt,
        names: TypeNames(
            pointer: "long long",
            wideCharacter: "unsigned short",
            wideInteger: "unsigned short",
            fast16: "short"
        ),
        macros: [
            "_WIN32 1", "_WIN64 1", "_M_X64 100", "_M_AMD64 100", "_MSC_VER 1933", "_MSC_FULL_VER 193300000",
            "_MSC_EXTENSIONS 1", "_INTEGRAL_MAX_BITS 64", "__int8 char", "__int16 short", "__int32 int",
            "__int64 long long", "__cdecl ", "__stdcall ", "__fastcall ", "__forceinline inline",
            "__unaligned ", "__WCHAR_UNSIGNED__ 1", "__WINT_UNSIGNED__ 1", "__ptr32 ", "__ptr64 ", "__w64 ",
        ]
    )
}
