internal import Glibc

/// Descriptors 0 to 2 are the program's standard streams, also while they are closed: what it prints must never go into
/// a socket, or into a loop's alarm, that happened to get such a number.
package enum StandardStreams {
    /// The same file under a number above 2; what is there already, and -1 with its errno, stay as they are.
    @inline(__always)
    package static func avoid(_ descriptor: Int32) -> Int32 {
        descriptor < 0 || descriptor > STDERR_FILENO ? descriptor : moved(descriptor)
    }

    /// -1 with errno where no other number is free; the file is closed then.
    @inline(never)
    private static func moved(_ descriptor: Int32) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        let code = errno
        _ = Glibc.close(descriptor)
        errno = code
        return copy
    }
}
