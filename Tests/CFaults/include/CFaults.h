/// Makes system calls fail as the manual says they may, without a change to the code that calls them.
///
/// A filter of seccomp(2) on one thread hands a chosen system call to a supervisor thread, which answers with
/// an error number, so and so many times, and lets the kernel do every later one. Filters cannot be taken off
/// again: each fault has a thread of its own, which ends with it.
#ifndef CFAULTS_H
#define CFAULTS_H

#include <stdint.h>
#include <sys/syscall.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A system call and what becomes of it.
struct fault {
    /// The number of the system call, `SYS_…`.
    int32_t number;
    /// How many of the conditions below hold for a call that is meant; others pass.
    int32_t conditions;
    /// The position of an argument.
    int32_t position[2];
    /// The low 32 bits of that argument.
    uint32_t value[2];
    /// The error number that the call comes back with.
    int32_t code;
    /// How many calls come back with it; later ones reach the kernel. Negative: all.
    int32_t times;
};

/// Runs `body` on a new thread that has a table of descriptors of its own with 0, 1 and 2 in it, and waits
/// for it. What the thread opens is seen by nobody else, and nothing that others open is seen by it.
///
/// Returns 0, or the error number that tells why this cannot be done here.
int fault_run_apart(void (*body)(void *), void *context);

/// How many descriptors are open in the calling thread's table. Asks poll(2), which no test injects.
int fault_open_descriptors(void);

/// From here on the calling thread, and every thread that it starts, meets the fault.
///
/// Returns 0, or the error number that tells why this cannot be done here.
int fault_inject(const struct fault *fault);

/// Whether a sanitizer watches this process. Its own pthread_create never returns when the system has no
/// thread to give.
int fault_is_sanitized(void);

/// How many calls of the calling thread's fault there were, those that reached the kernel included.
int fault_calls(void);

/// Interrupts every thread of the process a thousand times a second: SIGALRM with a handler that only counts,
/// without SA_RESTART. Returns 0 or an error number.
int fault_start_storm(void);
/// Lets the signals of the storm through to the calling thread, which may have blocked them.
int fault_welcome_storm(void);
/// Ends it; returns how many signals were handled.
long fault_end_storm(void);

/// The numbers of system calls as plain integers, because Swift does not import all of these macros.
extern const int32_t fault_socket, fault_bind, fault_listen, fault_accept4, fault_connect, fault_sendto,
    fault_sendmsg, fault_sendmmsg, fault_recvfrom, fault_recvmsg, fault_recvmmsg, fault_shutdown,
    fault_getsockname, fault_getpeername, fault_getsockopt, fault_setsockopt, fault_socketpair, fault_fcntl,
    fault_close, fault_unlink, fault_getcwd, fault_flock, fault_openat, fault_newfstatat, fault_epoll_create1,
    fault_epoll_ctl, fault_eventfd2, fault_clone3, fault_epoll_wait, fault_epoll_pwait2;

#ifdef __cplusplus
}
#endif
#endif
