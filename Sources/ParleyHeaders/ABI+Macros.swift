import ParleyWire

extension ABI {
    /// All macros that the compiler has before the first line, as `NAME VALUE`.
    ///
    /// They are those of GCC that tell a header how types and bytes lie (`gcc -dM -E`); a test compares each
    /// with the compilers of all ABIs.
    var predefined: [String] {
        let order = byteOrder == .little ? "LITTLE" : "BIG"
        return macros + [
            "__BYTE_ORDER__ __ORDER_\(order)_ENDIAN__", "__FLOAT_WORD_ORDER__ __ORDER_\(order)_ENDIAN__",
            "__BIGGEST_ALIGNMENT__ \(alignmentMaximum)",
        ] + sizeMacros + floatMacros + typeMacros + suffixMacros
            + (isCharSigned ? [] : ["__CHAR_UNSIGNED__ 1"])
    }

    private var sizeMacros: [String] {
        let sizes: [(String, Int)] = [
            ("SHORT", short.size), ("INT", int.size), ("LONG", long.size), ("LONG_LONG", longLong.size),
            ("POINTER", pointer.size), ("SIZE_T", pointer.size), ("PTRDIFF_T", pointer.size),
            ("WCHAR_T", kind(of: names.wideCharacter).size), ("WINT_T", kind(of: names.wideInteger).size),
            ("FLOAT", float.size), ("DOUBLE", double.size), ("LONG_DOUBLE", longDouble.size),
        ]
        var all = sizes.map { "__SIZEOF_\($0)__ \($1)" }
        if let int128 { all.append("__SIZEOF_INT128__ \(int128.size)") }
        return all
    }

    /// How many bits of a floating-point number are its digits: headers choose between forms of
    /// `long double` by it.
    private var floatMacros: [String] {
        [
            "__FLT_RADIX__ 2", "__FLT_MANT_DIG__ 24", "__DBL_MANT_DIG__ \(double.size == 4 ? 24 : 53)",
            "__LDBL_MANT_DIG__ \(longDoubleDigits)",
        ]
    }

    private var longDoubleDigits: Int {
        switch longDouble.size {
        case 4: 24
        case 8: 53
        case 12: 64
        // x86 keeps 80 bits in 16 bytes, PowerPC two doubles, all others IEEE 754's 128 bits.
        default: macros.contains("__x86_64__ 1") ? 64 : macros.contains("__powerpc64__ 1") ? 106 : 113
        }
    }

    /// `__INT32_TYPE__` and its kin, each with its limits and its width.
    private var typeMacros: [String] {
        let (i8, i16, i32, i64) = ("signed char", names.int16, names.int32, names.int64)
        let signed: [(String, String)] = [
            ("INT8", i8), ("INT16", i16), ("INT32", i32), ("INT64", i64),
            ("INT_LEAST8", i8), ("INT_LEAST16", i16), ("INT_LEAST32", i32), ("INT_LEAST64", i64),
            ("INT_FAST8", i8), ("INT_FAST16", names.fast16), ("INT_FAST32", names.fast32),
            ("INT_FAST64", i64), ("INTMAX", i64), ("INTPTR", names.pointer), ("PTRDIFF", names.pointer),
        ]
        var all: [String] = []
        for (name, type) in signed {
            all += ["__\(name)_TYPE__ \(type)", "__\(name)_MAX__ \(maximum(of: type))"]
            // GCC has widths of the least and the fast ones, but not of those of exactly so many bits.
            if !["INT8", "INT16", "INT32", "INT64"].contains(name) {
                all.append("__\(name)_WIDTH__ \(8 * kind(of: type).size)")
            }
            guard name != "PTRDIFF" else { continue }
            let unsigned = type == i8 ? "unsigned char" : "unsigned " + type
            all += ["__U\(name)_TYPE__ \(unsigned)", "__U\(name)_MAX__ \(maximum(of: unsigned))"]
        }
        let size = "unsigned " + names.pointer
        all += ["__SIZE_TYPE__ \(size)", "__SIZE_MAX__ \(maximum(of: size))"]
        all.append("__SIZE_WIDTH__ \(8 * pointer.size)")
        let plain: [(String, String)] = [
            ("SCHAR", "signed char"), ("SHRT", "short"), ("INT", "int"), ("LONG", "long"),
            ("LONG_LONG", "long long"),
        ]
        for (name, type) in plain {
            all += ["__\(name)_MAX__ \(maximum(of: type))", "__\(name)_WIDTH__ \(8 * kind(of: type).size)"]
        }
        let own: [(String, String)] = [
            ("WCHAR", names.wideCharacter), ("WINT", names.wideInteger),
            ("SIG_ATOMIC", int.size == 2 ? "char" : "int"),
        ]
        for (name, type) in own {
            let isSigned = kind(of: type).isSigned
            all += [
                "__\(name)_TYPE__ \(type)", "__\(name)_MAX__ \(maximum(of: type))",
                "__\(name)_MIN__ " + (isSigned ? "(-__\(name)_MAX__ - 1)" : "0"),
                "__\(name)_WIDTH__ \(8 * kind(of: type).size)",
            ]
        }
        return all + ["__CHAR16_TYPE__ unsigned \(i16)", "__CHAR32_TYPE__ unsigned \(i32)"]
    }

    /// `__INT64_C(c)` and its kin: the suffix makes a constant one of the type.
    private var suffixMacros: [String] {
        let types: [(String, String)] = [
            ("INT8", "signed char"), ("INT16", names.int16), ("INT32", names.int32), ("INT64", names.int64),
            ("INTMAX", names.int64),
        ]
        return types.flatMap { name, type in
            let suffix = Self.suffix(of: type)
            // Smaller types become int, whatever their sign.
            let unsigned = kind(of: type).size < int.size ? "" : "U" + suffix
            return [
                "__\(name)_C(c) c" + (suffix.isEmpty ? "" : " ## \(suffix)"),
                "__U\(name)_C(c) c" + (unsigned.isEmpty ? "" : " ## \(unsigned)"),
            ]
        }
    }

    /// The size and sign of a type as ``TypeNames`` spells it.
    private func kind(of type: String) -> (size: Int, isSigned: Bool) {
        let isSigned = !type.hasPrefix("unsigned")
        switch type.split(separator: " ").filter({ $0 != "unsigned" && $0 != "signed" }) {
        case ["char"]: return (1, type == "char" ? isCharSigned : isSigned)
        case ["short"]: return (short.size, isSigned)
        case ["long"]: return (long.size, isSigned)
        case ["long", "long"]: return (longLong.size, isSigned)
        default: return (int.size, isSigned)
        }
    }

    private func maximum(of type: String) -> String {
        let (size, isSigned) = kind(of: type)
        let bits = 8 * min(size, 8)
        let value = UInt64.max >> UInt64(64 - bits + (isSigned ? 1 : 0))
        return "\(value)" + (isSigned || size < int.size ? "" : "U") + Self.suffix(of: type)
    }

    private static func suffix(of type: String) -> String {
        type.hasSuffix("long long") ? "LL" : type.hasSuffix("long") ? "L" : ""
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
