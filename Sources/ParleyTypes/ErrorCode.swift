/// A number of errno(3), as Linux gives it, on every platform that this target builds for.
///
/// A type of its own so that simulated networks and engines can speak of `ECONNREFUSED` without a C library.
/// Positive numbers are errno(3)'s; negative ones are those of getaddrinfo(3), which Linux counts downwards.
public struct ErrorCode: RawRepresentable, Sendable, Hashable {
    public var rawValue: Int32

    @inlinable
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    @inlinable
    package init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }
}

extension ErrorCode {
    public static let notPermitted = ErrorCode(1)
    public static let noSuchFile = ErrorCode(2)
    public static let interrupted = ErrorCode(4)
    public static let inputOutput = ErrorCode(5)
    public static let badDescriptor = ErrorCode(9)
    /// EAGAIN, which is EWOULDBLOCK.
    public static let wouldBlock = ErrorCode(11)
    public static let outOfMemory = ErrorCode(12)
    public static let permissionDenied = ErrorCode(13)
    public static let badAddress = ErrorCode(14)
    public static let busy = ErrorCode(16)
    public static let fileExists = ErrorCode(17)
    public static let noSuchDevice = ErrorCode(19)
    public static let notADirectory = ErrorCode(20)
    public static let isADirectory = ErrorCode(21)
    public static let invalidArgument = ErrorCode(22)
    public static let tooManyFilesInSystem = ErrorCode(23)
    public static let tooManyFilesInProcess = ErrorCode(24)
    public static let fileTooLarge = ErrorCode(27)
    public static let noSpace = ErrorCode(28)
    public static let readOnlyFileSystem = ErrorCode(30)
    public static let brokenPipe = ErrorCode(32)
    public static let nameTooLong = ErrorCode(36)
    public static let notImplemented = ErrorCode(38)
    public static let symbolicLinkLoop = ErrorCode(40)
    public static let noData = ErrorCode(61)
    /// ENOSR
    public static let outOfStreams = ErrorCode(63)
    public static let machineNotOnNetwork = ErrorCode(64)
    public static let protocolError = ErrorCode(71)
    public static let overflow = ErrorCode(75)
    public static let notASocket = ErrorCode(88)
    public static let destinationRequired = ErrorCode(89)
    public static let messageTooLong = ErrorCode(90)
    public static let wrongProtocolType = ErrorCode(91)
    public static let protocolOptionUnavailable = ErrorCode(92)
    public static let protocolNotSupported = ErrorCode(93)
    public static let socketTypeNotSupported = ErrorCode(94)
    public static let operationNotSupported = ErrorCode(95)
    public static let protocolFamilyNotSupported = ErrorCode(96)
    public static let addressFamilyNotSupported = ErrorCode(97)
    public static let addressInUse = ErrorCode(98)
    public static let addressNotAvailable = ErrorCode(99)
    public static let networkDown = ErrorCode(100)
    public static let networkUnreachable = ErrorCode(101)
    public static let networkReset = ErrorCode(102)
    public static let connectionAborted = ErrorCode(103)
    public static let connectionReset = ErrorCode(104)
    public static let noBufferSpace = ErrorCode(105)
    public static let alreadyConnected = ErrorCode(106)
    public static let notConnected = ErrorCode(107)
    public static let alreadyShutDown = ErrorCode(108)
    /// ETOOMANYREFS: more descriptors are under way between processes than the user may have open.
    public static let tooManyReferences = ErrorCode(109)
    public static let timedOut = ErrorCode(110)
    public static let connectionRefused = ErrorCode(111)
    public static let hostDown = ErrorCode(112)
    public static let hostUnreachable = ErrorCode(113)
    public static let alreadyInProgress = ErrorCode(114)
    public static let inProgress = ErrorCode(115)
    public static let cancelled = ErrorCode(125)

    /// EAI_BADFLAGS
    public static let resolverFlags = ErrorCode(-1)
    /// EAI_NONAME: no such host.
    public static let nameNotFound = ErrorCode(-2)
    /// EAI_AGAIN: the name server did not answer.
    public static let resolverUnavailable = ErrorCode(-3)
    /// EAI_FAIL: the name server answered that it cannot.
    public static let resolverFailed = ErrorCode(-4)
    /// EAI_NODATA: the name exists and has no address.
    public static let nameWithoutAddress = ErrorCode(-5)
    /// EAI_FAMILY
    public static let resolverFamily = ErrorCode(-6)
    /// EAI_SOCKTYPE
    public static let resolverSocketType = ErrorCode(-7)
    /// EAI_SERVICE
    public static let serviceNotFound = ErrorCode(-8)
    /// EAI_ADDRFAMILY: the name has no address of the family asked for.
    public static let nameOfOtherFamily = ErrorCode(-9)
    /// EAI_MEMORY
    public static let resolverOutOfMemory = ErrorCode(-10)
    /// EAI_SYSTEM: errno(3) says more.
    public static let resolverSystemError = ErrorCode(-11)
    /// EAI_OVERFLOW
    public static let resolverOverflow = ErrorCode(-12)
}

extension ErrorCode {
    /// Whether one datagram was lost and the socket is as good as before: the next one may get through.
    ///
    /// EPERM is here because that is what a firewall's output rule answers, and ECONNREFUSED because a
    /// connected datagram socket reports by it what became of an *earlier* datagram.
    public var isDatagramLoss: Bool {
        switch self {
        case .notPermitted, .outOfMemory, .noBufferSpace, .networkDown, .networkUnreachable, .hostDown,
            .hostUnreachable, .connectionRefused, .protocolOptionUnavailable, .protocolError,
            .machineNotOnNetwork:
            true
        default: false
        }
    }

    /// Whether accept(2) failed because of one connection that died in the queue: take the next one at once.
    ///
    /// The list is the one that accept(2) gives under "Error handling", without EOPNOTSUPP: Linux answers it
    /// only for a socket that cannot listen, and who retried that at once would spin.
    public var isTransientForAccept: Bool {
        switch self {
        case .connectionAborted, .protocolError, .networkDown, .protocolOptionUnavailable, .hostDown,
            .machineNotOnNetwork, .hostUnreachable, .networkUnreachable, .timedOut:
            true
        default: false
        }
    }

    /// Whether the process or the system has run out of something: trying again at once would spin.
    public var isExhaustion: Bool {
        switch self {
        case .tooManyFilesInProcess, .tooManyFilesInSystem, .noBufferSpace, .outOfMemory, .outOfStreams: true
        default: false
        }
    }
}
