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
        typedef __INT_LEAST8_TYPE__ int_least8_t;
        typedef __INT_LEAST16_TYPE__ int_least16_t;
        typedef __INT_LEAST32_TYPE__ int_least32_t;
        typedef __INT_LEAST64_TYPE__ int_least64_t;
        typedef __UINT_LEAST8_TYPE__ uint_least8_t;
        typedef __UINT_LEAST16_TYPE__ uint_least16_t;
        typedef __UINT_LEAST32_TYPE__ uint_least32_t;
        typedef __UINT_LEAST64_TYPE__ uint_least64_t;
        typedef __INT_FAST8_TYPE__ int_fast8_t;
        typedef __INT_FAST16_TYPE__ int_fast16_t;
        typedef __INT_FAST32_TYPE__ int_fast32_t;
        typedef __INT_FAST64_TYPE__ int_fast64_t;
        typedef __UINT_FAST8_TYPE__ uint_fast8_t;
        typedef __UINT_FAST16_TYPE__ uint_fast16_t;
        typedef __UINT_FAST32_TYPE__ uint_fast32_t;
        typedef __UINT_FAST64_TYPE__ uint_fast64_t;
        typedef __INTPTR_TYPE__ intptr_t;
        typedef __UINTPTR_TYPE__ uintptr_t;
        typedef __INTMAX_TYPE__ intmax_t;
        typedef __UINTMAX_TYPE__ uintmax_t;
        #define INT8_MIN (-__INT8_MAX__ - 1)
        #define INT8_MAX __INT8_MAX__
        #define UINT8_MAX __UINT8_MAX__
        #define INT16_MIN (-__INT16_MAX__ - 1)
        #define INT16_MAX __INT16_MAX__
        #define UINT16_MAX __UINT16_MAX__
        #define INT32_MIN (-__INT32_MAX__ - 1)
        #define INT32_MAX __INT32_MAX__
        #define UINT32_MAX __UINT32_MAX__
        #define INT64_MIN (-__INT64_MAX__ - 1)
        #define INT64_MAX __INT64_MAX__
        #define UINT64_MAX __UINT64_MAX__
        #define INT_LEAST8_MIN (-__INT_LEAST8_MAX__ - 1)
        #define INT_LEAST8_MAX __INT_LEAST8_MAX__
        #define UINT_LEAST8_MAX __UINT_LEAST8_MAX__
        #define INT_LEAST16_MIN (-__INT_LEAST16_MAX__ - 1)
        #define INT_LEAST16_MAX __INT_LEAST16_MAX__
        #define UINT_LEAST16_MAX __UINT_LEAST16_MAX__
        #define INT_LEAST32_MIN (-__INT_LEAST32_MAX__ - 1)
        #define INT_LEAST32_MAX __INT_LEAST32_MAX__
        #define UINT_LEAST32_MAX __UINT_LEAST32_MAX__
        #define INT_LEAST64_MIN (-__INT_LEAST64_MAX__ - 1)
        #define INT_LEAST64_MAX __INT_LEAST64_MAX__
        #define UINT_LEAST64_MAX __UINT_LEAST64_MAX__
        #define INT_FAST8_MIN (-__INT_FAST8_MAX__ - 1)
        #define INT_FAST8_MAX __INT_FAST8_MAX__
        #define UINT_FAST8_MAX __UINT_FAST8_MAX__
        #define INT_FAST16_MIN (-__INT_FAST16_MAX__ - 1)
        #define INT_FAST16_MAX __INT_FAST16_MAX__
        #define UINT_FAST16_MAX __UINT_FAST16_MAX__
        #define INT_FAST32_MIN (-__INT_FAST32_MAX__ - 1)
        #define INT_FAST32_MAX __INT_FAST32_MAX__
        #define UINT_FAST32_MAX __UINT_FAST32_MAX__
        #define INT_FAST64_MIN (-__INT_FAST64_MAX__ - 1)
        #define INT_FAST64_MAX __INT_FAST64_MAX__
        #define UINT_FAST64_MAX __UINT_FAST64_MAX__
        #define INTPTR_MIN (-__INTPTR_MAX__ - 1)
        #define INTPTR_MAX __INTPTR_MAX__
        #define INTMAX_MIN (-__INTMAX_MAX__ - 1)
        #define INTMAX_MAX __INTMAX_MAX__
        #define PTRDIFF_MIN (-__PTRDIFF_MAX__ - 1)
        #define PTRDIFF_MAX __PTRDIFF_MAX__
        #define UINTPTR_MAX __UINTPTR_MAX__
        #define UINTMAX_MAX __UINTMAX_MAX__
        #define SIZE_MAX __SIZE_MAX__
        #define WCHAR_MIN __WCHAR_MIN__
        #define WCHAR_MAX __WCHAR_MAX__
        #define WINT_MIN __WINT_MIN__
        #define WINT_MAX __WINT_MAX__
        #define SIG_ATOMIC_MIN __SIG_ATOMIC_MIN__
        #define SIG_ATOMIC_MAX __SIG_ATOMIC_MAX__
        #define INT8_C(c) __INT8_C(c)
        #define INT16_C(c) __INT16_C(c)
        #define INT32_C(c) __INT32_C(c)
        #define INT64_C(c) __INT64_C(c)
        #define INTMAX_C(c) __INTMAX_C(c)
        #define UINT8_C(c) __UINT8_C(c)
        #define UINT16_C(c) __UINT16_C(c)
        #define UINT32_C(c) __UINT32_C(c)
        #define UINT64_C(c) __UINT64_C(c)
        #define UINTMAX_C(c) __UINTMAX_C(c)
        #ifdef __linux__
        #include <bits/wordsize.h>
        #endif

        """

    static let limits = """
        #define CHAR_BIT 8
        #define SCHAR_MIN (-128)
        #define SCHAR_MAX 127
        #define UCHAR_MAX 255
        #ifdef __CHAR_UNSIGNED__
        #define CHAR_MIN 0
        #define CHAR_MAX UCHAR_MAX
        #else
        #define CHAR_MIN SCHAR_MIN
        #define CHAR_MAX SCHAR_MAX
        #endif
        #define SHRT_MAX __SHRT_MAX__
        #define SHRT_MIN (-SHRT_MAX - 1)
        #if __SIZEOF_SHORT__ == __SIZEOF_INT__
        #define USHRT_MAX (SHRT_MAX * 2U + 1U)
        #else
        #define USHRT_MAX (SHRT_MAX * 2 + 1)
        #endif
        #define INT_MAX __INT_MAX__
        #define INT_MIN (-INT_MAX - 1)
        #define UINT_MAX (INT_MAX * 2U + 1U)
        #define LONG_MAX __LONG_MAX__
        #define LONG_MIN (-LONG_MAX - 1L)
        #define ULONG_MAX (LONG_MAX * 2UL + 1UL)
        #define LLONG_MAX __LONG_LONG_MAX__
        #define LLONG_MIN (-LLONG_MAX - 1LL)
        #define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)
        #define LONG_LONG_MAX LLONG_MAX
        #define LONG_LONG_MIN LLONG_MIN
        #define ULONG_LONG_MAX ULLONG_MAX
        #define SSIZE_MAX __PTRDIFF_MAX__
        #ifdef __linux__
        #define MB_LEN_MAX 16
        #elif defined(_WIN32)
        #define MB_LEN_MAX 5
        #else
        #define MB_LEN_MAX 1
        #endif
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
        typedef unsigned int uid_t;
        typedef unsigned int gid_t;
        typedef unsigned int id_t;
        #ifdef _WIN32
        typedef long long pid_t;
        typedef unsigned short mode_t;
        typedef unsigned int dev_t;
        #else
        typedef int pid_t;
        typedef unsigned int mode_t;
        typedef uint64_t dev_t;
        #endif
        #if defined(__riscv) && __riscv_xlen == 32
        typedef int64_t off_t;
        typedef int64_t time_t;
        typedef uint64_t ino_t;
        typedef int64_t suseconds_t;
        #elif defined(_WIN32)
        typedef long off_t;
        typedef long long time_t;
        typedef unsigned short ino_t;
        typedef long suseconds_t;
        #elif defined(__AVR__)
        typedef long off_t;
        typedef uint32_t time_t;
        typedef unsigned long ino_t;
        typedef long suseconds_t;
        #else
        typedef long off_t;
        typedef long time_t;
        typedef unsigned long ino_t;
        typedef long suseconds_t;
        #endif
        typedef uint64_t ino64_t;
        typedef int key_t;
        typedef int clockid_t;
        typedef int64_t off64_t;
        typedef int64_t loff_t;
        typedef long clock_t;
        typedef unsigned int useconds_t;
        typedef char *caddr_t;
        typedef char *__caddr_t;
        #ifdef _WIN32
        typedef int __socklen_t;
        #else
        typedef unsigned int __socklen_t;
        #endif
        typedef time_t __time_t;
        typedef pid_t __pid_t;
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
        typedef __SIZE_TYPE__ __kernel_size_t;
        typedef __PTRDIFF_TYPE__ __kernel_ssize_t;
        typedef __PTRDIFF_TYPE__ __kernel_ptrdiff_t;
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
        typedef unsigned int __kernel_uid32_t;
        typedef unsigned int __kernel_gid32_t;
        typedef unsigned short __kernel_uid16_t;
        typedef unsigned short __kernel_gid16_t;
        #ifdef __s390x__
        typedef unsigned int __kernel_ino_t;
        #else
        typedef unsigned long __kernel_ino_t;
        #endif
        #if defined(__i386__) || defined(__arm__) || defined(__m68k__)
        typedef unsigned short __kernel_mode_t;
        typedef unsigned short __kernel_ipc_pid_t;
        typedef unsigned short __kernel_uid_t;
        typedef unsigned short __kernel_gid_t;
        typedef unsigned short __kernel_old_dev_t;
        #else
        typedef unsigned int __kernel_mode_t;
        typedef int __kernel_ipc_pid_t;
        typedef unsigned int __kernel_uid_t;
        typedef unsigned int __kernel_gid_t;
        #if defined(__x86_64__) || defined(__powerpc64__)
        typedef unsigned long __kernel_old_dev_t;
        #elif defined(__s390x__)
        typedef unsigned short __kernel_old_dev_t;
        #else
        typedef unsigned int __kernel_old_dev_t;
        #endif
        #endif
        #if defined(__x86_64__) || defined(__aarch64__)
        typedef unsigned short __kernel_old_uid_t;
        typedef unsigned short __kernel_old_gid_t;
        #else
        typedef __kernel_uid_t __kernel_old_uid_t;
        typedef __kernel_gid_t __kernel_old_gid_t;
        #endif
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
