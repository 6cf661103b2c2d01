#define _GNU_SOURCE
#include <pthread.h>
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

int parley_name_this_thread(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}
