extension BuiltInHeaders {
    /// What the C library's own headers ask of it when they are read.
    static let features = """
        #include <sys/cdefs.h>
        #define __GNUC_PREREQ(major, minor) 0
        #define __GLIBC_PREREQ(major, minor) 0
        #define __glibc_clang_prereq(major, minor) 0
        #define __GLIBC_USE(feature) 0

        """

    static let stdint = """
        typedef __INT8_TYPE__ int8_t;
        typedef __INT16_TYPE__ int16_t;
        typedef __INT32_TYPE__ int32_t;
        typedef __INT64_TYPE__ int64_t;
        typedef __UINT8_TYPE__ uint8_t;
        typedef __UINT16_TYPE__ uint16_t;
        typedef __UINT32_TYPE__ uint32_t;
        typedef __UINT64_TYPE__ uint64_t;
        typedef __INT8_TYPE__ int_least8_t;
        typedef __INT16_TYPE__ int_least16_t;
        typedef __INT32_TYPE__ int_least32_t;
        typedef __INT64_TYPE__ int_least64_t;
        typedef __UINT8_TYPE__ uint_least8_t;
        typedef __UINT16_TYPE__ uint_least16_t;
        typedef __UINT32_TYPE__ uint_least32_t;
        typedef __UINT64_TYPE__ uint_least64_t;
        typedef __INT8_TYPE__ int_fast8_t;
        typedef __INT_FAST16_TYPE__ int_fast16_t;
        typedef __INT_FAST32_TYPE__ int_fast32_t;
        typedef __INT64_TYPE__ int_fast64_t;
        typedef __UINT8_TYPE__ uint_fast8_t;
        typedef unsigned __INT_FAST16_TYPE__ uint_fast16_t;
        typedef unsigned __INT_FAST32_TYPE__ uint_fast32_t;
        typedef __UINT64_TYPE__ uint_fast64_t;
        typedef __INTPTR_TYPE__ intptr_t;
        typedef __UINTPTR_TYPE__ uintptr_t;
        typedef __INTMAX_TYPE__ intmax_t;
        typedef __UINTMAX_TYPE__ uintmax_t;
        #define INT8_MIN (-128)
        #define INT16_MIN (-32767-1)
        #define INT32_MIN (-__INT32_C(2147483647)-1)
        #define INT64_MIN (-__INT64_C(9223372036854775807)-1)
        #define INT8_MAX (127)
        #define INT16_MAX (32767)
        #define INT32_MAX (__INT32_C(2147483647))
        #define INT64_MAX (__INT64_C(9223372036854775807))
        #define UINT8_MAX (255)
        #define UINT16_MAX (65535)
        #define UINT32_MAX (__UINT32_C(4294967295))
        #define UINT64_MAX (__UINT64_C(18446744073709551615))
        #define SIZE_MAX ((size_t)-1)
        #define INTMAX_MAX INT64_MAX
        #define UINTMAX_MAX UINT64_MAX
        #define INT8_C(c) c
        #define INT16_C(c) c
        #define INT32_C(c) __INT32_C(c)
        #define INT64_C(c) __INT64_C(c)
        #define UINT8_C(c) c
        #define UINT16_C(c) c
        #define UINT32_C(c) __UINT32_C(c)
        #define UINT64_C(c) __UINT64_C(c)

        """

    static let limits = """
        #define CHAR_BIT 8
        #define SCHAR_MIN (-128)
        #define SCHAR_MAX 127
        #define UCHAR_MAX 255
        #define CHAR_MIN __CHAR_MIN__
        #define CHAR_MAX __CHAR_MAX__
        #define SHRT_MAX __SHRT_MAX__
        #define SHRT_MIN (-SHRT_MAX - 1)
        #define USHRT_MAX (SHRT_MAX * 2U + 1U)
        #define INT_MAX __INT_MAX__
        #define INT_MIN (-INT_MAX - 1)
        #define UINT_MAX (INT_MAX * 2U + 1U)
        #define LONG_MAX __LONG_MAX__
        #define LONG_MIN (-LONG_MAX - 1L)
        #define ULONG_MAX (LONG_MAX * 2UL + 1UL)
        #define LLONG_MAX 9223372036854775807LL
        #define LLONG_MIN (-LLONG_MAX - 1LL)
        #define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)
        #define NAME_MAX 255
        #define PATH_MAX 4096
        #define IOV_MAX 1024

        """

    static let sysTypes = """
        #include <stdint.h>
        #include <stddef.h>
        #include <endian.h>
        #include <sys/cdefs.h>
        typedef __INTPTR_TYPE__ ssize_t;
        typedef unsigned char u_char;
        typedef unsigned short u_short;
        typedef unsigned int u_int;
        typedef unsigned long u_long;
        typedef unsigned short ushort;
        typedef unsigned int uint;
        typedef unsigned long ulong;
        typedef uint8_t u_int8_t;
        typedef uint16_t u_int16_t;
        typedef uint32_t u_int32_t;
        typedef uint64_t u_int64_t;
        typedef uint8_t __uint8_t;
        typedef uint16_t __uint16_t;
        typedef uint32_t __uint32_t;
        typedef uint64_t __uint64_t;
        typedef int8_t __int8_t;
        typedef int16_t __int16_t;
        typedef int32_t __int32_t;
        typedef int64_t __int64_t;
        typedef unsigned char __u_char;
        typedef unsigned short __u_short;
        typedef unsigned int __u_int;
        typedef unsigned long __u_long;
        typedef int pid_t;
        typedef unsigned int uid_t;
        typedef unsigned int gid_t;
        typedef unsigned int id_t;
        typedef unsigned int mode_t;
        #if defined(__riscv) && __riscv_xlen == 32
        typedef int64_t off_t;
        typedef int64_t time_t;
        #elif defined(_WIN32)
        typedef long off_t;
        typedef long long time_t;
        #elif defined(__AVR__)
        typedef long off_t;
        typedef uint32_t time_t;
        #else
        typedef long off_t;
        typedef long time_t;
        #endif
        typedef unsigned long ino_t;
        typedef int64_t off64_t;
        typedef int64_t loff_t;
        typedef long clock_t;
        typedef long suseconds_t;
        typedef unsigned int useconds_t;
        typedef char *caddr_t;
        typedef char *__caddr_t;
        typedef unsigned int __socklen_t;
        typedef time_t __time_t;
        typedef int __pid_t;
        typedef unsigned int __uid_t;
        typedef unsigned int __gid_t;

        """

    static let linuxTypes = """
        #include <sys/types.h>
        #include <linux/stddef.h>
        typedef int8_t __s8;
        typedef int16_t __s16;
        typedef int32_t __s32;
        typedef long long __s64;
        typedef uint8_t __u8;
        typedef uint16_t __u16;
        typedef uint32_t __u32;
        typedef unsigned long long __u64;
        typedef uint16_t __le16;
        typedef uint16_t __be16;
        typedef uint32_t __le32;
        typedef uint32_t __be32;
        typedef unsigned long long __le64;
        typedef unsigned long long __be64;
        typedef uint16_t __sum16;
        typedef uint32_t __wsum;
        typedef uint8_t u8;
        typedef uint16_t u16;
        typedef uint32_t u32;
        typedef uint64_t u64;
        typedef int8_t s8;
        typedef int16_t s16;
        typedef int32_t s32;
        typedef int64_t s64;
        typedef long __kernel_long_t;
        typedef unsigned long __kernel_ulong_t;
        typedef unsigned long __kernel_size_t;
        typedef long __kernel_ssize_t;
        typedef long __kernel_off_t;
        typedef long long __kernel_loff_t;
        typedef long __kernel_old_time_t;
        typedef long __kernel_time_t;
        typedef long long __kernel_time64_t;
        typedef long __kernel_clock_t;
        typedef long __kernel_suseconds_t;
        typedef int __kernel_pid_t;
        typedef int __kernel_key_t;
        typedef int __kernel_clockid_t;
        typedef int __kernel_timer_t;
        typedef int __kernel_mqd_t;
        typedef int __kernel_daddr_t;
        typedef unsigned int __kernel_mode_t;
        typedef unsigned int __kernel_uid32_t;
        typedef unsigned int __kernel_gid32_t;
        typedef unsigned int __kernel_uid_t;
        typedef unsigned int __kernel_gid_t;
        typedef unsigned int __kernel_ipc_pid_t;
        typedef unsigned long __kernel_ino_t;
        typedef unsigned long __kernel_old_dev_t;
        typedef struct { int val[2]; } __kernel_fsid_t;
        typedef unsigned int __poll_t;
        #define __always_inline __inline__
        typedef __u64 __aligned_u64 __attribute__((aligned(8)));
        typedef __s64 __aligned_s64 __attribute__((aligned(8)));
        typedef __be64 __aligned_be64 __attribute__((aligned(8)));
        typedef __le64 __aligned_le64 __attribute__((aligned(8)));
        #define __bitwise
        #define __bitwise__

        """

    static let endian = """
        #define __LITTLE_ENDIAN 1234
        #define __BIG_ENDIAN 4321
        #define __PDP_ENDIAN 3412
        #define __BYTE_ORDER __BYTE_ORDER__
        #define LITTLE_ENDIAN 1234
        #define BIG_ENDIAN 4321
        #define PDP_ENDIAN 3412
        #define BYTE_ORDER __BYTE_ORDER__

        """

    static let byteOrder = """
        #include <linux/types.h>
        #if __BYTE_ORDER__ == 1234
        #define __LITTLE_ENDIAN_BITFIELD
        #define __LITTLE_ENDIAN 1234
        #define __constant_cpu_to_be16(x) ((__be16)((((x) & 0xFFU) << 8) | (((x) >> 8) & 0xFFU)))
        #define __constant_cpu_to_be32(x) \\
            ((__be32)((((x) & 0xFFU) << 24) | (((x) & 0xFF00U) << 8) \\
                | (((x) >> 8) & 0xFF00U) | (((x) >> 24) & 0xFFU)))
        #else
        #define __BIG_ENDIAN_BITFIELD
        #define __BIG_ENDIAN 4321
        #define __constant_cpu_to_be16(x) ((__be16)(x))
        #define __constant_cpu_to_be32(x) ((__be32)(x))
        #endif
        #define __constant_htons(x) __constant_cpu_to_be16(x)
        #define __constant_htonl(x) __constant_cpu_to_be32(x)

        """

    static let netinet = """
        #include <sys/socket.h>
        typedef uint32_t in_addr_t;
        typedef uint16_t in_port_t;
        struct in_addr { in_addr_t s_addr; };
        struct in6_addr { uint8_t s6_addr[16]; } __attribute__((aligned(4)));
        struct sockaddr_in {
            sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr; unsigned char sin_zero[8];
        };
        struct sockaddr_in6 {
            sa_family_t sin6_family; in_port_t sin6_port; uint32_t sin6_flowinfo; struct in6_addr sin6_addr;
            uint32_t sin6_scope_id;
        };
        #define INET_ADDRSTRLEN 16
        #define INET6_ADDRSTRLEN 46

        """

    static let socket = """
        #include <sys/types.h>
        typedef unsigned short sa_family_t;
        typedef unsigned int socklen_t;
        struct sockaddr { sa_family_t sa_family; char sa_data[14]; };
        struct sockaddr_storage { sa_family_t ss_family; char __ss_padding[118]; unsigned long __ss_align; };
        #define __SOCKADDR_COMMON(prefix) sa_family_t prefix##family
        #define __SOCKADDR_COMMON_SIZE (sizeof (unsigned short int))

        """

    static let cdefs = """
        #define __BEGIN_DECLS
        #define __END_DECLS
        #define __THROW
        #define __THROWNL
        #define __P(args) args
        #define __glibc_likely(cond) (cond)
        #define __attribute_deprecated__
        #define __attribute_pure__
        #define __attribute_const__
        #define __nonnull(params)
        #define __wur
        #define __extern_inline extern inline
        #define __attribute_deprecated_msg__(msg)
        #define __attr_access(x)
        #define __attribute_malloc__
        #define __returns_nonnull
        #define __USE_MISC 1

        """

    /// The names of Windows for numbers.
    static let windows = """
        #include <stdint.h>
        typedef unsigned char BYTE, UCHAR, BOOLEAN;
        typedef char CHAR;
        typedef unsigned short WORD, USHORT, WCHAR;
        typedef short SHORT;
        typedef unsigned long DWORD, ULONG;
        typedef long LONG;
        typedef int BOOL, INT;
        typedef unsigned int UINT;
        typedef long long LONGLONG;
        typedef unsigned long long ULONGLONG, DWORDLONG, QWORD;
        typedef float FLOAT;
        typedef int8_t INT8;
        typedef int16_t INT16;
        typedef int32_t INT32, LONG32;
        typedef int64_t INT64, LONG64;
        typedef uint8_t UINT8;
        typedef uint16_t UINT16;
        typedef uint32_t UINT32, ULONG32, DWORD32;
        typedef uint64_t UINT64, ULONG64, DWORD64;
        typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR, SIZE_T;
        typedef intptr_t INT_PTR, LONG_PTR, SSIZE_T;
        typedef void *PVOID, *LPVOID, *HANDLE;

        """

    static let stddef = """
        #include <stddef.h>
        #define __struct_group(TAG, NAME, ATTRS, ...) \\
            union { struct { __VA_ARGS__ } ATTRS; struct TAG { __VA_ARGS__ } ATTRS NAME; } ATTRS
        #define __DECLARE_FLEX_ARRAY(TYPE, NAME) struct { struct { } __empty_ ## NAME; TYPE NAME[]; }

        """
}
