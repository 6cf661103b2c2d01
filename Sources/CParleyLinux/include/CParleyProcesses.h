/// What the Glibc module does not show of other processes' descriptors.
#ifndef CPARLEYPROCESSES_H
#define CPARLEYPROCESSES_H

#ifdef __cplusplus
extern "C" {
#endif

/// pidfd_open(2) without flags
int parley_pidfd_open(int process);
/// pidfd_getfd(2)
int parley_pidfd_getfd(int process_descriptor, int descriptor);

#ifdef __cplusplus
}
#endif
#endif
