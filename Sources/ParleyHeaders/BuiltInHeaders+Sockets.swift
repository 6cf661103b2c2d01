/// The structs of sockets and of time, as glibc and Windows have them.
extension BuiltInHeaders {
    static let netinet = """
        #include <sys/socket.h>
        typedef uint32_t in_addr_t;
        typedef uint16_t in_port_t;
        struct in_addr { in_addr_t s_addr; };
        #ifdef _WIN32
        struct in6_addr { union { unsigned char Byte[16]; unsigned short Word[8]; } u; };
        #else
        struct in6_addr { uint8_t s6_addr[16]; } __attribute__((aligned(_Alignof(uint32_t))));
        #endif
        struct sockaddr_in {
            sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr; unsigned char sin_zero[8];
        };
        struct sockaddr_in6 {
            sa_family_t sin6_family; in_port_t sin6_port; uint32_t sin6_flowinfo; struct in6_addr sin6_addr;
            uint32_t sin6_scope_id;
        };
        struct ip_mreq { struct in_addr imr_multiaddr, imr_interface; };
        struct ipv6_mreq { struct in6_addr ipv6mr_multiaddr; unsigned int ipv6mr_interface; };
        #ifndef _WIN32
        struct ip_mreqn { struct in_addr imr_multiaddr, imr_address; int imr_ifindex; };
        struct in_pktinfo { int ipi_ifindex; struct in_addr ipi_spec_dst, ipi_addr; };
        struct in6_pktinfo { struct in6_addr ipi6_addr; unsigned int ipi6_ifindex; };
        #endif
        #define INET_ADDRSTRLEN 16
        #define INET6_ADDRSTRLEN 46

        """

    static let socket = """
        #include <sys/types.h>
        typedef unsigned short sa_family_t;
        typedef __socklen_t socklen_t;
        struct sockaddr { sa_family_t sa_family; char sa_data[14]; };
        #ifdef _WIN32
        struct sockaddr_storage {
            sa_family_t ss_family; char __ss_pad1[6]; long long __ss_align; char __ss_pad2[112];
        };
        #else
        struct sockaddr_storage {
            sa_family_t ss_family;
            char __ss_padding[128 - sizeof(sa_family_t) - sizeof(unsigned long)];
            unsigned long __ss_align;
        };
        #endif
        struct linger {
        #ifdef _WIN32
            unsigned short l_onoff, l_linger;
        #else
            int l_onoff, l_linger;
        #endif
        };
        #define __SOCKADDR_COMMON(prefix) sa_family_t prefix##family
        #define __SOCKADDR_COMMON_SIZE (sizeof (unsigned short int))

        """

    /// On a machine of 32 bits whose `time_t` has 64, glibc keeps the nanoseconds in 64 as well.
    static let time = """
        #include <sys/types.h>
        #if defined(__riscv) && __riscv_xlen == 32
        struct timespec { time_t tv_sec; long tv_nsec; int : 32; };
        #else
        struct timespec { time_t tv_sec; long tv_nsec; };
        #endif
        struct itimerspec { struct timespec it_interval, it_value; };

        """

    static let sysTime = """
        #include <time.h>
        #ifdef _WIN32
        struct timeval { long tv_sec, tv_usec; };
        #else
        struct timeval { time_t tv_sec; suseconds_t tv_usec; };
        #endif
        struct itimerval { struct timeval it_interval, it_value; };
        struct timezone { int tz_minuteswest, tz_dsttime; };

        """

    static let uio = """
        #include <sys/types.h>
        struct iovec { void *iov_base; size_t iov_len; };

        """

    static let winsock = """
        #include <windows.h>
        #include <netinet/in.h>
        #include <sys/time.h>

        """

    static let un = """
        #include <sys/socket.h>
        struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; };

        """

    static let poll = """
        struct pollfd { int fd; short events, revents; };

        """
}
