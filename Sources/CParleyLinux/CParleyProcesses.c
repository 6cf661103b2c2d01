#define _GNU_SOURCE
#include "include/CParleyProcesses.h"

#include <sys/syscall.h>
#include <unistd.h>

// Numbers that every architecture shares; older headers lack the names.
#ifdef SYS_pidfd_open
_Static_assert(SYS_pidfd_open == 434, "pidfd_open");
#endif
#ifdef SYS_pidfd_getfd
_Static_assert(SYS_pidfd_getfd == 438, "pidfd_getfd");
#endif

int parley_pidfd_open(int process) {
    return (int)syscall(434, process, 0);
}

int parley_pidfd_getfd(int process_descriptor, int descriptor) {
    return (int)syscall(438, process_descriptor, descriptor, 0);
}
