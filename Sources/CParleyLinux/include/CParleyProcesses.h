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

/// Starts a program with this process's environment, with no signal blocked or ignored.
///
/// - Parameters:
///   - input: Its standard input; -1 for /dev/null.
///   - output: Its standard output and its standard error.
/// - Returns: The process, or an errno(3) below 0.
int parley_spawn(const char *path, char *const arguments[], int input, int output);

#ifdef __cplusplus
}
#endif
#endif
