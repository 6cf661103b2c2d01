#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "include/CParleyLinux.h"

#include <sys/socket.h>

_Static_assert(sizeof(struct parley_mmsghdr) == sizeof(struct mmsghdr), "mmsghdr");
_Static_assert(
    offsetof(struct parley_mmsghdr, msg_len) == offsetof(struct mmsghdr, msg_len), "mmsghdr.msg_len");
_Static_assert(sizeof(struct parley_in6_interface) == sizeof(struct in6_pktinfo), "in6_pktinfo");
_Static_assert(
    offsetof(struct parley_in6_interface, index) == offsetof(struct in6_pktinfo, ipi6_ifindex),
    "ipi6_ifindex");
_Static_assert(sizeof(struct parley_in6_interface) == sizeof(struct ipv6_mreq), "ipv6_mreq");
_Static_assert(
    offsetof(struct parley_in6_interface, index) == offsetof(struct ipv6_mreq, ipv6mr_interface),
    "ipv6mr_interface");

int parley_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags);
}

int parley_recvmmsg(int descriptor, struct parley_mmsghdr *messages, unsigned int count, int flags) {
    return recvmmsg(descriptor, (struct mmsghdr *)messages, count, flags, 0);
}

int parley_sendmmsg(int descriptor, struct parley_mmsghdr *messages, unsigned int count, int flags) {
    return sendmmsg(descriptor, (struct mmsghdr *)messages, count, flags);
}

long parley_getdents64(int descriptor, void *buffer, size_t bytes) {
    return getdents64(descriptor, buffer, bytes);
}

long parley_write_now(int descriptor, const void *buffer, size_t bytes) {
    struct iovec piece = {(void *)buffer, bytes};
    return pwritev2(descriptor, &piece, 1, -1, RWF_NOWAIT);
}

int parley_unshare(int flags) {
    return unshare(flags);
}

int parley_set_effective_user_of_thread(uint32_t user) {
    return (int)syscall(SYS_setresuid, -1L, (long)user, -1L);
}

// The number is the same on all machines; headers before Linux 5.11 lack it.
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

int parley_epoll_pwait2(int epoll, struct epoll_event *events, int count, int64_t nanoseconds) {
    struct {
        int64_t seconds;
        int64_t nanoseconds;
    } timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return (int)syscall(SYS_epoll_pwait2, epoll, events, count, &timeout, NULL, 0);
}

int parley_set_timer_slack(unsigned long nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0);
}

int parley_name_this_thread(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}

_Static_assert(
    offsetof(struct parley_packet_block, status) == offsetof(struct tpacket_block_desc, hdr.bh1.block_status),
    "block_status");
_Static_assert(
    offsetof(struct parley_packet_block, packets) == offsetof(struct tpacket_block_desc, hdr.bh1.num_pkts),
    "num_pkts");
_Static_assert(
    offsetof(struct parley_packet_block, first_packet)
        == offsetof(struct tpacket_block_desc, hdr.bh1.offset_to_first_pkt),
    "offset_to_first_pkt");
_Static_assert(
    offsetof(struct parley_packet_block, bytes) == offsetof(struct tpacket_block_desc, hdr.bh1.blk_len),
    "blk_len");
_Static_assert(sizeof(struct parley_packet_header) == sizeof(struct tpacket3_hdr), "tpacket3_hdr");
_Static_assert(
    offsetof(struct parley_packet_header, original) == offsetof(struct tpacket3_hdr, tp_len), "tp_len");
_Static_assert(
    offsetof(struct parley_packet_header, status) == offsetof(struct tpacket3_hdr, tp_status), "tp_status");
_Static_assert(
    offsetof(struct parley_packet_header, link) == offsetof(struct tpacket3_hdr, tp_mac), "tp_mac");
_Static_assert(
    offsetof(struct parley_packet_header, vlan_tci) == offsetof(struct tpacket3_hdr, hv1.tp_vlan_tci),
    "tp_vlan_tci");
