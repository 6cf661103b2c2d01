#define _GNU_SOURCE
#include "include/CFaults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
const int32_t fault_unlink = SYS_unlink;
const int32_t fault_epoll_wait = SYS_epoll_wait;
#else
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
const int32_t fault_unlink = SYS_unlinkat;
const int32_t fault_epoll_wait = SYS_epoll_pwait;
#endif
const int32_t fault_socket = SYS_socket, fault_bind = SYS_bind, fault_listen = SYS_listen,
              fault_accept4 = SYS_accept4, fault_connect = SYS_connect, fault_sendto = SYS_sendto,
              fault_sendmsg = SYS_sendmsg, fault_sendmmsg = SYS_sendmmsg, fault_recvfrom = SYS_recvfrom,
              fault_recvmsg = SYS_recvmsg, fault_recvmmsg = SYS_recvmmsg, fault_shutdown = SYS_shutdown,
              fault_getsockname = SYS_getsockname, fault_getpeername = SYS_getpeername,
              fault_getsockopt = SYS_getsockopt, fault_setsockopt = SYS_setsockopt,
              fault_socketpair = SYS_socketpair, fault_fcntl = SYS_fcntl, fault_close = SYS_close,
              fault_getcwd = SYS_getcwd, fault_flock = SYS_flock, fault_openat = SYS_openat,
              fault_newfstatat = SYS_newfstatat, fault_epoll_create1 = SYS_epoll_create1,
              fault_epoll_ctl = SYS_epoll_ctl, fault_eventfd2 = SYS_eventfd2, fault_clone3 = SYS_clone3,
              fault_epoll_pwait2 = 441;

// A thread with descriptors of its own.

struct apart {
    void (*body)(void *);
    void *context;
    int code;
};

static void *live_apart(void *argument) {
    struct apart *apart = argument;
    // Copies only the descriptors below 3: a copy of another test's socket would keep its port or its peer
    // alive.
    if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_UNSHARE) != 0) {
        apart->code = errno;
        return NULL;
    }
    apart->body(apart->context);
    return NULL;
}

int fault_run_apart(void (*body)(void *), void *context) {
    struct apart apart = {.body = body, .context = context, .code = 0};
    pthread_t thread;
    int code = pthread_create(&thread, NULL, live_apart, &apart);
    if (code != 0) return code;
    pthread_join(thread, NULL);
    return apart.code;
}

int fault_open_descriptors(void) {
    struct pollfd entries[512];
    for (int index = 0; index < 512; index++) entries[index] = (struct pollfd){.fd = index, .events = 0};
    while (poll(entries, 512, 0) < 0) {
        if (errno != EINTR) return -errno;
    }
    int open = 0;
    for (int index = 0; index < 512; index++) open += !(entries[index].revents & POLLNVAL);
    return open;
}

// The supervisor.

struct supervisor {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct fault fault;
    int listener;
    atomic_int calls;
    struct supervisor *next;
};

static _Thread_local struct supervisor *current;
/// All there ever were. None is freed: a few bytes for each fault, which its thread and the faulty one may look at
/// until their end.
static _Atomic(struct supervisor *) supervisors;

static void *supervise(void *argument) {
    struct supervisor *self = argument;
    pthread_mutex_lock(&self->mutex);
    while (self->listener == -1) pthread_cond_wait(&self->changed, &self->mutex);
    int listener = self->listener;
    pthread_mutex_unlock(&self->mutex);
    int left = self->fault.times;
    while (listener >= 0) {
        // Hung up: the last thread with the filter has ended.
        struct pollfd entry = {.fd = listener, .events = POLLIN};
        if (poll(&entry, 1, -1) < 0) continue;
        if (entry.revents & POLLIN) {
            struct seccomp_notif call;
            memset(&call, 0, sizeof call);
            if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) continue;
            atomic_fetch_add(&self->calls, 1);
            struct seccomp_notif_resp answer = {.id = call.id};
            if (left != 0) {
                if (left > 0) left--;
                answer.error = -self->fault.code;
            } else {
                answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
            }
            ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
        } else if (entry.revents & (POLLHUP | POLLERR | POLLNVAL)) {
            break;
        }
    }
    if (listener >= 0) close(listener);
    return NULL;
}

/// The filter: a call of our number, whose arguments meet all conditions, is the supervisor's.
static int install(const struct fault *fault) {
    struct sock_filter code[16];
    int count = 0;
    // The architecture, the number, the conditions: two instructions each. Then the two verdicts.
    int pass = 2 * (2 + fault->conditions) + 1;
#define LOAD(offset) \
    code[count++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define MUST_BE(number)                                                                              \
    code[count] = (struct sock_filter)BPF_JUMP(                                                      \
        BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(number), 0, (uint8_t)(pass - count - 1));              \
    count++
    LOAD(offsetof(struct seccomp_data, arch));
    MUST_BE(OUR_ARCHITECTURE);
    LOAD(offsetof(struct seccomp_data, nr));
    MUST_BE(fault->number);
    for (int index = 0; index < fault->conditions; index++) {
        // The low half of an argument: both architectures are little-endian.
        LOAD(offsetof(struct seccomp_data, args) + 8 * (size_t)fault->position[index]);
        MUST_BE(fault->value[index]);
    }
    code[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    code[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = (unsigned short)count, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
    int listener =
        (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    return listener < 0 ? -errno : listener;
}

int fault_inject(const struct fault *fault) {
    struct supervisor *self = calloc(1, sizeof *self);
    if (!self) return ENOMEM;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->changed, NULL);
    self->fault = *fault;
    self->listener = -1;
    self->next = atomic_load(&supervisors);
    while (!atomic_compare_exchange_weak(&supervisors, &self->next, self)) {}
    // Before the filter, which it would inherit. All signals stay with the others.
    sigset_t everything, before;
    sigfillset(&everything);
    pthread_sigmask(SIG_SETMASK, &everything, &before);
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int code = pthread_create(&thread, &attributes, supervise, self);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0) return code;
    pthread_mutex_lock(&self->mutex);
    int listener = install(fault);
    self->listener = listener < 0 ? -2 : listener;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    if (listener < 0) return -listener;
    current = self;
    return 0;
}

extern void __asan_init(void) __attribute__((weak));
extern void __tsan_init(void) __attribute__((weak));

int fault_is_sanitized(void) { return __asan_init || __tsan_init; }

int fault_calls(void) { return current ? atomic_load(&current->calls) : 0; }

// The storm.

static atomic_long signals;
static atomic_int storms;

static void count_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals, 1);
}

/// Signals every thread of the process at each tick of a timer.
static void *blow(void *argument) {
    (void)argument;
    pid_t process = getpid();
    pid_t self = (pid_t)syscall(SYS_gettid);
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    while (atomic_load(&storms) > 0) {
        DIR *threads = opendir("/proc/self/task");
        if (!threads) break;
        struct dirent *entry;
        while ((entry = readdir(threads))) {
            pid_t thread = (pid_t)atoi(entry->d_name);
            if (thread > 0 && thread != self) syscall(SYS_tgkill, process, thread, SIGALRM);
        }
        closedir(threads);
        next.tv_nsec += 1000000;
        if (next.tv_nsec >= 1000000000) {
            next.tv_nsec -= 1000000000;
            next.tv_sec += 1;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    return NULL;
}

int fault_start_storm(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_signal;
    if (sigaction(SIGALRM, &action, NULL) != 0) return errno;
    atomic_fetch_add(&storms, 1);
    pthread_t thread;
    int code = pthread_create(&thread, NULL, blow, NULL);
    if (code == 0) pthread_detach(thread);
    return code;
}

int fault_welcome_storm(void) {
    sigset_t storm;
    sigemptyset(&storm);
    sigaddset(&storm, SIGALRM);
    return pthread_sigmask(SIG_UNBLOCK, &storm, NULL);
}

long fault_end_storm(void) {
    atomic_fetch_sub(&storms, 1);
    return atomic_load(&signals);
}
