/// What Swift's Glibc module cannot import, and nothing else: no logic lives here.
///
/// The header never defines _GNU_SOURCE: that would change the types that the Glibc module has already shown
/// to Swift. Structures behind that switch are mirrored here; CParleyLinux.c checks each mirror against the
/// real one.
#ifndef CPARLEYLINUX_H
#define CPARLEYLINUX_H

#include "CParleyFamilies.h"
#include "CParleyProcesses.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Mirrors `struct mmsghdr`: one message of recvmmsg(2) or sendmmsg(2).
struct parley_mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};

/// Mirrors `struct in6_pktinfo` and `struct ipv6_mreq`, which are alike: an address in network order, and the
/// index of an interface. Plain numbers, because Swift holds the union in `struct in6_addr` for no plain
/// value.
struct parley_in6_interface {
    uint32_t address[4];
    uint32_t index;
};

/// accept4(2)
int parley_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
/// recvmmsg(2) without a timeout, whose meaning is broken (see BUGS there)
int parley_recvmmsg(int descriptor, struct parley_mmsghdr *messages, unsigned int count, int flags);
/// sendmmsg(2)
int parley_sendmmsg(int descriptor, struct parley_mmsghdr *messages, unsigned int count, int flags);

/// getdents64(2)
long parley_getdents64(int descriptor, void *buffer, size_t bytes);

/// pwritev2(2) with RWF_NOWAIT, at the present position: EAGAIN rather than a wait, whatever O_NONBLOCK says
long parley_write_now(int descriptor, const void *buffer, size_t bytes);

/// unshare(2): a network, or a user, of the calling thread's own
int parley_unshare(int flags);
/// setresuid(2) with the effective user alone, of the calling thread alone: Glibc's changes all threads
int parley_set_effective_user_of_thread(uint32_t user);

/// epoll_pwait2(2) without a mask of signals: epoll_wait(2) to the nanosecond, since Linux 5.11
int parley_epoll_pwait2(int epoll, struct epoll_event *events, int count, int64_t nanoseconds);
/// prctl(2), PR_SET_TIMERSLACK: how late the waits of the calling thread may be
int parley_set_timer_slack(unsigned long nanoseconds);

/// pthread_setname_np(3) of the calling thread; 15 bytes at most
int parley_name_this_thread(const char *name);

// The macros of cmsg(3), which Swift does not import.

static inline struct cmsghdr *parley_cmsg_first(const struct msghdr *message) {
    return CMSG_FIRSTHDR(message);
}

static inline struct cmsghdr *parley_cmsg_next(struct msghdr *message, struct cmsghdr *item) {
    return CMSG_NXTHDR(message, item);
}

static inline void *parley_cmsg_data(struct cmsghdr *item) {
    return CMSG_DATA(item);
}

static inline size_t parley_cmsg_length(size_t bytes) {
    return CMSG_LEN(bytes);
}

static inline size_t parley_cmsg_space(size_t bytes) {
    return CMSG_SPACE(bytes);
}

/// The events of epoll(7) as plain numbers: the header's are an enumeration whose largest value does not fit
/// Int32.
static const uint32_t parley_epollin = EPOLLIN;
static const uint32_t parley_epollout = EPOLLOUT;
static const uint32_t parley_epollerr = EPOLLERR;
static const uint32_t parley_epollhup = EPOLLHUP;
static const uint32_t parley_epollrdhup = EPOLLRDHUP;
static const uint32_t parley_epollet = EPOLLET;
static const uint32_t parley_epollexclusive = EPOLLEXCLUSIVE;
static const uint32_t parley_epolloneshot = EPOLLONESHOT;

#ifdef __cplusplus
}
#endif
#endif
