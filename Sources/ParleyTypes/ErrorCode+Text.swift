extension ErrorCode: CustomStringConvertible {
    /// The name that C gives to the number: `ECONNREFUSED`, `EAI_NONAME`. A number without one: `errno 200`.
    public var name: String { entry?.name ?? (rawValue < 0 ? "EAI \(rawValue)" : "errno \(rawValue)") }

    /// What the number means, in words, lower case and without a full stop: "connection refused".
    public var message: String { entry?.message ?? "unknown error" }

    public var description: String { "\(message) (\(name))" }

    private var entry: (name: String, message: String)? {
        rawValue < 0 ? resolverEntry : entryBelowSockets ?? entryOfSockets
    }

    private var entryBelowSockets: (name: String, message: String)? {
        switch self {
        case .notPermitted: ("EPERM", "operation not permitted")
        case .noSuchFile: ("ENOENT", "no such file or directory")
        case .interrupted: ("EINTR", "interrupted by a signal")
        case .inputOutput: ("EIO", "input or output error")
        case .badDescriptor: ("EBADF", "the descriptor is not open")
        case .wouldBlock: ("EAGAIN", "would have to wait")
        case .outOfMemory: ("ENOMEM", "out of memory")
        case .permissionDenied: ("EACCES", "permission denied")
        case .badAddress: ("EFAULT", "bad address in memory")
        case .busy: ("EBUSY", "device or resource busy")
        case .fileExists: ("EEXIST", "the file exists")
        case .noSuchDevice: ("ENODEV", "no such device")
        case .notADirectory: ("ENOTDIR", "not a directory")
        case .isADirectory: ("EISDIR", "is a directory")
        case .invalidArgument: ("EINVAL", "invalid argument")
        case .tooManyFilesInSystem: ("ENFILE", "too many open files in the system")
        case .tooManyFilesInProcess: ("EMFILE", "too many open files")
        case .fileTooLarge: ("EFBIG", "the file may not grow so large")
        case .noSpace: ("ENOSPC", "no space left on the device")
        case .readOnlyFileSystem: ("EROFS", "read-only file system")
        case .brokenPipe: ("EPIPE", "broken pipe")
        case .nameTooLong: ("ENAMETOOLONG", "name too long")
        case .notImplemented: ("ENOSYS", "not implemented by this kernel")
        case .symbolicLinkLoop: ("ELOOP", "too many symbolic links")
        default: nil
        }
    }

    private var entryOfSockets: (name: String, message: String)? {
        switch self {
        case .noData: ("ENODATA", "no data available")
        case .outOfStreams: ("ENOSR", "out of streams resources")
        case .machineNotOnNetwork: ("ENONET", "the machine is not on the network")
        case .protocolError: ("EPROTO", "protocol error")
        case .overflow: ("EOVERFLOW", "value too large")
        case .notASocket: ("ENOTSOCK", "not a socket")
        case .destinationRequired: ("EDESTADDRREQ", "destination address required")
        case .messageTooLong: ("EMSGSIZE", "message too long")
        case .wrongProtocolType: ("EPROTOTYPE", "wrong type of socket")
        case .protocolOptionUnavailable: ("ENOPROTOOPT", "protocol option not available")
        case .protocolNotSupported: ("EPROTONOSUPPORT", "protocol not supported")
        case .socketTypeNotSupported: ("ESOCKTNOSUPPORT", "socket type not supported")
        case .operationNotSupported: ("EOPNOTSUPP", "operation not supported")
        case .protocolFamilyNotSupported: ("EPFNOSUPPORT", "protocol family not supported")
        case .addressFamilyNotSupported: ("EAFNOSUPPORT", "address family not supported")
        case .addressInUse: ("EADDRINUSE", "address already in use")
        case .addressNotAvailable: ("EADDRNOTAVAIL", "address not available")
        case .networkDown: ("ENETDOWN", "network is down")
        case .networkUnreachable: ("ENETUNREACH", "network is unreachable")
        case .networkReset: ("ENETRESET", "connection dropped by the network")
        case .connectionAborted: ("ECONNABORTED", "connection aborted")
        case .connectionReset: ("ECONNRESET", "connection reset by peer")
        case .noBufferSpace: ("ENOBUFS", "no buffer space available")
        case .alreadyConnected: ("EISCONN", "already connected")
        case .notConnected: ("ENOTCONN", "not connected")
        case .alreadyShutDown: ("ESHUTDOWN", "already shut down")
        case .tooManyReferences: ("ETOOMANYREFS", "too many references")
        case .timedOut: ("ETIMEDOUT", "timed out")
        case .connectionRefused: ("ECONNREFUSED", "connection refused")
        case .hostDown: ("EHOSTDOWN", "host is down")
        case .hostUnreachable: ("EHOSTUNREACH", "no route to host")
        case .alreadyInProgress: ("EALREADY", "already in progress")
        case .inProgress: ("EINPROGRESS", "in progress")
        case .cancelled: ("ECANCELED", "cancelled")
        default: nil
        }
    }

    private var resolverEntry: (name: String, message: String)? {
        switch self {
        case .resolverFlags: ("EAI_BADFLAGS", "bad flags for the resolver")
        case .nameNotFound: ("EAI_NONAME", "no such host")
        case .resolverUnavailable: ("EAI_AGAIN", "the name server did not answer")
        case .resolverFailed: ("EAI_FAIL", "the name server failed")
        case .nameWithoutAddress: ("EAI_NODATA", "the name has no address")
        case .resolverFamily: ("EAI_FAMILY", "address family not supported by the resolver")
        case .resolverSocketType: ("EAI_SOCKTYPE", "socket type not supported by the resolver")
        case .serviceNotFound: ("EAI_SERVICE", "no such service")
        case .nameOfOtherFamily: ("EAI_ADDRFAMILY", "the name has no address of this family")
        case .resolverOutOfMemory: ("EAI_MEMORY", "the resolver is out of memory")
        case .resolverSystemError: ("EAI_SYSTEM", "the resolver met a system error")
        case .resolverOverflow: ("EAI_OVERFLOW", "the name is too long for the resolver")
        default: nil
        }
    }
}
