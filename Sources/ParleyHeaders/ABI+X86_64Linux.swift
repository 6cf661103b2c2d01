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
        float: Extent(4),
        double: Extent(8),
        longDouble: Extent(16),
        pointer: Extent(8),
        alignmentMaximum: 16,
        macros: [
            "__x86_64__ 1", "__x86_64 1", "__amd64__ 1", "__amd64 1", "__LP64__ 1", "_LP64 1",
            "__linux__ 1", "__linux 1", "linux 1", "__gnu_linux__ 1", "__unix__ 1", "__unix 1", "unix 1",
            "__ELF__ 1", "__INT8_TYPE__ signed char", "__INT16_TYPE__ short", "__INT32_TYPE__ int",
            "__INT64_TYPE__ long", "__UINT8_TYPE__ unsigned char", "__UINT16_TYPE__ unsigned short",
            "__UINT32_TYPE__ unsigned int", "__UINT64_TYPE__ unsigned long", "__SIZE_TYPE__ unsigned long",
            "__PTRDIFF_TYPE__ long", "__INTPTR_TYPE__ long", "__UINTPTR_TYPE__ unsigned long",
            "__INTMAX_TYPE__ long", "__UINTMAX_TYPE__ unsigned long", "__WCHAR_TYPE__ int",
            "__INT_FAST16_TYPE__ long", "__INT_FAST32_TYPE__ long", "__WINT_TYPE__ unsigned int",
            "__INT64_C(c) c ## L", "__UINT64_C(c) c ## UL", "__BYTE_ORDER__ __ORDER_LITTLE_ENDIAN__",
            "__FLOAT_WORD_ORDER__ __ORDER_LITTLE_ENDIAN__", "__SIZEOF_SHORT__ 2", "__SIZEOF_INT__ 4",
            "__SIZEOF_LONG__ 8", "__SIZEOF_LONG_LONG__ 8", "__SIZEOF_POINTER__ 8", "__SIZEOF_SIZE_T__ 8",
            "__SHRT_MAX__ 32767", "__INT_MAX__ 2147483647", "__LONG_MAX__ 9223372036854775807L",
            "__CHAR_MIN__ (-128)", "__CHAR_MAX__ 127", "__BIGGEST_ALIGNMENT__ 16",
        ]
    )
}
