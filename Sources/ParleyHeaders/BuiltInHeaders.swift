/// Parley's own versions of the standard headers that protocol headers include: what they define of types and
/// constants, in terms of the macros of an ``ABI``.
enum BuiltInHeaders {
    /// The macros that compilers have on every machine.
    static let macros = [
        "__STDC__ 1", "__STDC_VERSION__ 201710L", "__STDC_HOSTED__ 1",
        "__CHAR_BIT__ 8", "__ORDER_LITTLE_ENDIAN__ 1234", "__ORDER_BIG_ENDIAN__ 4321",
        "__ORDER_PDP_ENDIAN__ 3412",
        "__LINE__ 0", "__PARLEY__ 1",
    ]

    /// Whether there is a version of that header.
    static func isKnown(_ path: String) -> Bool { text(of: path) != nil }

    /// Whether the ABI's compiler has a header of that path; nil where that is not known.
    static func exists(_ path: String, on abi: ABI) -> Bool? {
        guard isKnown(path) else { return nil }
        if standard.contains(path) { return true }
        let isWindows = abi.records.family == .microsoft
        if isPragma(path) || ofWindows.contains(path) { return isWindows }
        return isWindows && path == "sys/types.h" || abi.macros.contains("__linux__ 1")
    }

    /// Those that a C compiler has on every machine.
    private static let standard: Set<String> = [
        "stdint.h", "inttypes.h", "stddef.h", "stdbool.h", "stdalign.h", "stdarg.h", "assert.h", "limits.h",
        "stdio.h", "stdlib.h", "string.h", "ctype.h", "errno.h", "math.h", "float.h", "time.h",
    ]

    private static let ofWindows: Set<String> = [
        "windows.h", "Windows.h", "windef.h", "basetsd.h", "winsock2.h", "ws2tcpip.h",
    ]

    /// The text of a header by its path.
    static func text(of path: String) -> String? { texts[path] ?? texts[pragmaPath(path) ?? ""] }

    /// Windows' headers that do nothing but pack what follows, in whatever case they are written: they are
    /// read as often as they are included.
    static func isPragma(_ path: String) -> Bool { pragmaPath(path) != nil }

    private static func pragmaPath(_ path: String) -> String? {
        guard path.utf8.count <= 10 else { return nil }
        let lower = path.lowercased()
        return lower.hasPrefix("pshpack") || lower == "poppack.h" ? lower : nil
    }

    /// Whether Windows' headers define that type.
    static func isWindows(_ name: String) -> Bool {
        windowsNames.contains(Substring(name))
    }

    private static let windowsNames = Set(
        windows.split { " *,;\n".contains($0) }.filter { $0.first?.isUppercase == true }
    )

    /// The headers whose types are assumed where nobody includes them.
    static let fallback = [
        "stdint.h", "stddef.h", "stdbool.h", "sys/types.h", "linux/types.h", "netinet/in.h",
    ]

    private static let texts: [String: String] = [
        "stdint.h": stdint,
        "inttypes.h": "#include <stdint.h>\n",
        "stddef.h": """
        typedef __SIZE_TYPE__ size_t;
        typedef __PTRDIFF_TYPE__ ptrdiff_t;
        typedef __WCHAR_TYPE__ wchar_t;
        #define NULL ((void *)0)
        #define offsetof(type, member) __builtin_offsetof(type, member)

        """,
        "stdbool.h": "#define bool _Bool\n#define true 1\n#define false 0\n",
        "stdalign.h": "#define alignas _Alignas\n#define alignof _Alignof\n",
        "stdarg.h": "typedef void *va_list;\n",
        "assert.h": "#define static_assert _Static_assert\n",
        "limits.h": limits,
        "uchar.h": "typedef __CHAR16_TYPE__ char16_t;\ntypedef __CHAR32_TYPE__ char32_t;\n",
        "wchar.h": "#include <stddef.h>\n",
        "sys/types.h": sysTypes,
        "asm/types.h": "#include <linux/types.h>\n",
        "linux/types.h": linuxTypes,
        "bits/types.h": "#include <sys/types.h>\n",
        "time.h": time,
        "sys/time.h": sysTime,
        "sys/uio.h": uio,
        "sys/un.h": un,
        "sys/poll.h": poll,
        "endian.h": endian,
        "sys/endian.h": "#include <endian.h>\n",
        "asm/byteorder.h": byteOrder,
        "linux/byteorder/little_endian.h": "#include <asm/byteorder.h>\n",
        "netinet/in.h": netinet,
        "arpa/inet.h": "#include <netinet/in.h>\n",
        "sys/socket.h": socket,
        "bits/types/struct_timespec.h": time,
        "bits/types/struct_timeval.h": sysTime,
        "bits/types/struct_iovec.h": uio,
        "bits/sockaddr.h": "#include <sys/socket.h>\n",
        "sys/cdefs.h": cdefs,
        "features.h": features,
        "linux/stddef.h": stddef,
        "linux/posix_types.h": "#include <linux/types.h>\n",
        "bits/wordsize.h": "#define __WORDSIZE (8 * __SIZEOF_LONG__)\n",
        "stdio.h": "#include <stddef.h>\ntypedef struct _IO_FILE FILE;\n",
        "stdlib.h": "#include <stddef.h>\n",
        "string.h": "#include <stddef.h>\n",
        "strings.h": "#include <stddef.h>\n",
        "windows.h": windows, "Windows.h": windows, "windef.h": windows, "basetsd.h": windows,
        "winsock2.h": winsock, "ws2tcpip.h": winsock,
        "pshpack1.h": "#pragma pack(push, 1)\n", "pshpack2.h": "#pragma pack(push, 2)\n",
        "pshpack4.h": "#pragma pack(push, 4)\n", "pshpack8.h": "#pragma pack(push, 8)\n",
        "poppack.h": "#pragma pack(pop)\n",
        "ctype.h": "", "errno.h": "", "math.h": "", "signal.h": "", "float.h": "", "pthread.h": "",
        "netdb.h": "",
        "poll.h": poll, "fcntl.h": "#include <sys/types.h>\n", "unistd.h": "#include <sys/types.h>\n",
    ]
}
