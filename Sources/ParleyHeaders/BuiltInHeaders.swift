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
    static func isKnown(_ path: String) -> Bool { texts[path] != nil }

    /// The text of a header by its path.
    static func text(of path: String) -> String? { texts[path] }

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
        "time.h": "#include <sys/types.h>\nstruct timespec { time_t tv_sec; long tv_nsec; };\n",
        "sys/time.h": "#include <time.h>\nstruct timeval { time_t tv_sec; suseconds_t tv_usec; };\n",
        "endian.h": endian,
        "sys/endian.h": "#include <endian.h>\n",
        "asm/byteorder.h": byteOrder,
        "linux/byteorder/little_endian.h": "#include <asm/byteorder.h>\n",
        "netinet/in.h": netinet,
        "arpa/inet.h": "#include <netinet/in.h>\n",
        "sys/socket.h": socket,
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
        "winsock2.h": windows,
        "ctype.h": "", "errno.h": "", "math.h": "", "signal.h": "", "float.h": "", "pthread.h": "",
        "netdb.h": "",
        "poll.h": "", "fcntl.h": "#include <sys/types.h>\n", "unistd.h": "#include <sys/types.h>\n",
    ]
}
