import ParleyTypes

/// What the manual's pages (section 2) say under ERRORS, in their order, each number once.
enum ManualPage {
    static let socket: [ErrorCode] = [
        .permissionDenied, .addressFamilyNotSupported, .invalidArgument, .tooManyFilesInProcess,
        .tooManyFilesInSystem, .noBufferSpace, .outOfMemory, .protocolNotSupported,
    ]
    static let bind: [ErrorCode] = [
        .permissionDenied, .addressInUse, .badDescriptor, .invalidArgument, .notASocket, .addressNotAvailable,
        .badAddress,
    ]
    static let bindOfUnix: [ErrorCode] =
        bind + [
            .symbolicLinkLoop, .nameTooLong, .noSuchFile, .outOfMemory, .notADirectory, .readOnlyFileSystem,
        ]
    static let listen: [ErrorCode] = [.addressInUse, .badDescriptor, .notASocket, .operationNotSupported]
    static let connect: [ErrorCode] = [
        .permissionDenied, .notPermitted, .addressInUse, .addressNotAvailable, .addressFamilyNotSupported,
        .wouldBlock, .alreadyInProgress, .badDescriptor, .connectionRefused, .badAddress, .inProgress,
        .interrupted, .alreadyConnected, .networkUnreachable, .notASocket, .wrongProtocolType, .timedOut,
    ]
    /// With what the page lists under "Error handling" and "In addition".
    static let accept: [ErrorCode] = [
        .wouldBlock, .networkDown, .protocolError, .protocolOptionUnavailable, .hostDown,
        .machineNotOnNetwork,
        .hostUnreachable, .operationNotSupported, .networkUnreachable, .badDescriptor, .connectionAborted,
        .badAddress, .interrupted, .invalidArgument, .tooManyFilesInProcess, .tooManyFilesInSystem,
        .noBufferSpace, .outOfMemory, .notASocket, .notPermitted, .outOfStreams, .socketTypeNotSupported,
        .protocolNotSupported, .timedOut,
    ]
    static let send: [ErrorCode] = [
        .permissionDenied, .wouldBlock, .alreadyInProgress, .badDescriptor, .connectionReset,
        .destinationRequired, .badAddress, .interrupted, .invalidArgument, .alreadyConnected, .messageTooLong,
        .noBufferSpace, .outOfMemory, .notConnected, .notASocket, .operationNotSupported, .brokenPipe,
    ]
    /// What ip(7), udp(7) and a firewall add for datagrams.
    static let sendOfDatagrams: [ErrorCode] =
        send + [
            .notPermitted, .networkUnreachable, .hostUnreachable, .networkDown, .connectionRefused,
            .addressNotAvailable, .noSuchDevice,
        ]
    static let receive: [ErrorCode] = [
        .wouldBlock, .badDescriptor, .connectionRefused, .badAddress, .interrupted, .invalidArgument,
        .outOfMemory, .notConnected, .notASocket,
    ]
    /// What tcp(7) and ip(7) add for streams.
    static let receiveOfStreams: [ErrorCode] =
        receive + [.connectionReset, .timedOut, .hostUnreachable, .networkUnreachable]
    static let shutdown: [ErrorCode] = [.badDescriptor, .invalidArgument, .notConnected, .notASocket]
    static let getsockname: [ErrorCode] = [
        .badDescriptor, .badAddress, .invalidArgument, .noBufferSpace, .notASocket,
    ]
    static let getpeername: [ErrorCode] = [
        .badDescriptor, .badAddress, .invalidArgument, .noBufferSpace, .notConnected, .notASocket,
    ]
    static let getsockopt: [ErrorCode] = [
        .badDescriptor, .badAddress, .invalidArgument, .protocolOptionUnavailable, .notASocket,
    ]
    /// The page of getsockopt(2), and what ip(7), ipv6(7) and socket(7) add for what is set.
    static let setsockopt: [ErrorCode] = getsockopt + [.notPermitted, .noBufferSpace]
    static let membership: [ErrorCode] =
        setsockopt + [.addressInUse, .addressNotAvailable, .noSuchDevice, .outOfMemory]
    static let socketpair: [ErrorCode] = [
        .addressFamilyNotSupported, .badAddress, .tooManyFilesInProcess, .tooManyFilesInSystem,
        .operationNotSupported, .protocolNotSupported,
    ]
    /// Those of F_GETFL, F_SETFL and F_SETFD.
    static let fcntl: [ErrorCode] = [.badDescriptor, .invalidArgument, .notPermitted]
    static let close: [ErrorCode] = [.badDescriptor, .interrupted, .inputOutput, .noSpace, .diskQuota]
    static let unlink: [ErrorCode] = [
        .permissionDenied, .busy, .badAddress, .inputOutput, .isADirectory, .symbolicLinkLoop, .nameTooLong,
        .noSuchFile, .outOfMemory, .notADirectory, .notPermitted, .readOnlyFileSystem,
    ]
    static let getcwd: [ErrorCode] = [
        .permissionDenied, .badAddress, .invalidArgument, .nameTooLong, .noSuchFile, .outOfMemory,
    ]
    static let flock: [ErrorCode] = [
        .badDescriptor, .interrupted, .invalidArgument, .noLocks, .wouldBlock,
    ]
    /// Those that a directory opened for reading can meet.
    static let open: [ErrorCode] = [
        .permissionDenied, .badAddress, .interrupted, .invalidArgument, .symbolicLinkLoop,
        .tooManyFilesInProcess, .nameTooLong, .tooManyFilesInSystem, .noSuchFile, .outOfMemory,
        .notADirectory,
        .overflow, .notPermitted,
    ]
    static let stat: [ErrorCode] = [
        .permissionDenied, .badAddress, .symbolicLinkLoop, .nameTooLong, .noSuchFile, .outOfMemory,
        .notADirectory, .overflow,
    ]
}

/// Numbers that no wrapper of the library ever throws, and that it does not name.
extension ErrorCode {
    static let busy = ErrorCode(rawValue: 16)
    static let noLocks = ErrorCode(rawValue: 37)
    static let diskQuota = ErrorCode(rawValue: 122)
}
