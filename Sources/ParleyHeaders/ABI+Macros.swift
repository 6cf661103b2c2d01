import ParleyWire

extension ABI {
    /// All macros that the compiler has before the first line, as `NAME VALUE`.
    var predefined: [String] {
        let order = byteOrder == .little ? "LITTLE" : "BIG"
        var all = macros
        all += [
            "__BYTE_ORDER__ __ORDER_\(order)_ENDIAN__", "__FLOAT_WORD_ORDER__ __ORDER_\(order)_ENDIAN__",
            "__BIGGEST_ALIGNMENT__ \(alignmentMaximum)",
            "__SIZEOF_SHORT__ \(short.size)", "__SIZEOF_INT__ \(int.size)", "__SIZEOF_LONG__ \(long.size)",
            "__SIZEOF_LONG_LONG__ \(longLong.size)", "__SIZEOF_POINTER__ \(pointer.size)",
            "__SIZEOF_SIZE_T__ \(pointer.size)", "__SIZEOF_FLOAT__ \(float.size)",
            "__SIZEOF_DOUBLE__ \(double.size)", "__SIZEOF_LONG_DOUBLE__ \(longDouble.size)",
            "__SCHAR_MAX__ 127", "__SHRT_MAX__ \(Self.maximum(short))", "__INT_MAX__ \(Self.maximum(int))",
            "__LONG_MAX__ \(Self.maximum(long))L", "__LONG_LONG_MAX__ \(Self.maximum(longLong))LL",
            isCharSigned ? "__CHAR_MIN__ (-128)" : "__CHAR_MIN__ 0",
            "__CHAR_MAX__ \(isCharSigned ? 127 : 255)",
        ]
        if !isCharSigned { all.append("__CHAR_UNSIGNED__ 1") }
        if int128 != nil { all.append("__SIZEOF_INT128__ 16") }
        let suffix = names.int64 == "long" ? "L" : "LL"
        let suffix32 = names.int32 == "long" ? "L" : ""
        all += [
            "__INT8_TYPE__ signed char", "__UINT8_TYPE__ unsigned char",
            "__INT16_TYPE__ \(names.int16)", "__UINT16_TYPE__ unsigned \(names.int16)",
            "__INT32_TYPE__ \(names.int32)", "__UINT32_TYPE__ unsigned \(names.int32)",
            "__INT64_TYPE__ \(names.int64)", "__UINT64_TYPE__ unsigned \(names.int64)",
            "__INTPTR_TYPE__ \(names.pointer)", "__UINTPTR_TYPE__ unsigned \(names.pointer)",
            "__PTRDIFF_TYPE__ \(names.pointer)", "__SIZE_TYPE__ unsigned \(names.pointer)",
            "__INTMAX_TYPE__ \(names.int64)", "__UINTMAX_TYPE__ unsigned \(names.int64)",
            "__WCHAR_TYPE__ \(names.wideCharacter)", "__WINT_TYPE__ \(names.wideInteger)",
            "__INT_FAST16_TYPE__ \(names.fast16)", "__INT_FAST32_TYPE__ \(names.fast32)",
            "__CHAR16_TYPE__ unsigned \(names.int16)", "__CHAR32_TYPE__ unsigned \(names.int32)",
            "__INT32_C(c) c\(suffix32.isEmpty ? "" : " ## \(suffix32)")", "__UINT32_C(c) c ## U\(suffix32)",
            "__INT64_C(c) c ## \(suffix)", "__UINT64_C(c) c ## U\(suffix)",
        ]
        return all
    }

    private static func maximum(_ extent: Extent) -> UInt64 {
        UInt64.max >> UInt64(65 - 8 * min(extent.size, 8))
    }

    /// What GCC and the compilers that follow it say of themselves. Headers ask for `__GNUC__` before they
    /// write `__attribute__((packed))`.
    static let gccMacros = ["__GNUC__ 12", "__GNUC_MINOR__ 2", "__GNUC_PATCHLEVEL__ 0", "__ELF__ 1"]

    /// What the compilers of Linux add.
    static let linuxMacros =
        gccMacros + [
            "__linux__ 1", "__linux 1", "linux 1", "__gnu_linux__ 1", "__unix__ 1", "__unix 1", "unix 1",
        ]
}
