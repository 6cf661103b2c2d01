import ParleyCore
import ParleyHeaders
import ParleyKernel
import ParleyText
import ParleyTypes
import ParleyWire

/// Why the command ends before it has done everything: a sentence, a remedy, an exit code.
struct Ending: Error, Sendable, Hashable {
    /// The cause, without a period at its end; nil ends without a word.
    var message: String?
    var remedy: String?
    /// What stands below the message on a terminal: a line of a header with a mark under it.
    var excerpt: String?
    /// Whether the message has lines of its own, which the parser of arguments has laid out.
    var isParagraph = false
    var code: Int32
    /// The error of a socket that it comes from: who prints it may look for its cause.
    var error: SocketError?
    /// What was found about that error.
    var diagnosis: Diagnosis?

    init(_ status: ExitStatus, _ message: String, remedy: String? = nil, excerpt: String? = nil) {
        self.message = message
        self.remedy = remedy
        self.excerpt = excerpt
        code = status.rawValue
    }

    private init(code: Int32) {
        self.code = code
    }

    /// Ends with a code and without a word: everything has been said.
    static func silent(_ status: ExitStatus) -> Ending { Ending(code: status.rawValue) }

    /// An argument that is not UTF-8: as text it would be another one, and name another file.
    init(malformed argument: [UInt8]) {
        self.init(
            .usage,
            "an argument is not UTF-8: \(TerminalText.escape(bytes: argument))",
            remedy:
                "Give such bytes by standard input, in a file, or as digits; rename a file that is called so."
        )
    }

    init(options count: Int) {
        self.init(
            .usage,
            "\(count) options are more than the \(ParkedWords.optionsMax) that are read",
            remedy: "Give many values in a file or on standard input."
        )
    }

    /// Ended by a signal, as shells count it.
    static func signal(_ number: Int32) -> Ending { Ending(code: 128 + number) }
}

extension Ending {
    /// Any error of the layers below, as an ending.
    init(_ error: any Error) {
        switch error {
        case let ending as Ending: self = ending
        case let error as ParleyError: self.init(error)
        case let error as SocketError: self.init(error)
        case let error as WireError: self.init(.doesNotFit, "\(error)")
        case let error as FramingError: self.init(.doesNotFit, "\(error)")
        case let error as MessageTextError: self.init(error)
        case let error as HeaderError: self.init(error)
        case let error as EndpointError: self.init(error)
        case is CancellationError: self.init(code: ExitStatus.failed.rawValue)
        default: self.init(.failed, "\(error)")
        }
    }

    /// Whether an error is one that this command explains.
    static func isKnown(_ error: any Error) -> Bool {
        error is Ending || error is ParleyError || error is SocketError || error is WireError
            || error is FramingError
            || error is MessageTextError || error is HeaderError || error is EndpointError
            || error is CancellationError
    }

    init(_ error: ParleyError) {
        switch error {
        case .socket(let error): self.init(error)
        case .wire(let error): self.init(.doesNotFit, "\(error)")
        case .framing(let error): self.init(.doesNotFit, "\(error)")
        case .timedOut(let limit, .message):
            self.init(.nothingCame, ParleyError.Wait.message.cause(within: limit.spelled))
        case .timedOut(let limit, let wait):
            let isAway = wait == .connection || wait == .name
            self.init(
                isAway ? .unreachable : .failed,
                wait.cause(within: limit.spelled),
                remedy: wait.remedy
            )
        case .cancelled: self.init(code: ExitStatus.failed.rawValue)
        case .closed: self.init(.failed, "closed on this side")
        case .ended: self.init(.failed, "the peer closed the connection before it answered")
        case .alreadyReading, .handshakeOverdue, .idle, .slowReader, .evicted, .outOfStep:
            self.init(.failed, "\(error)")
        case .unanswered(let end): self.init(.nothingCame, end.cause, remedy: end.remedy)
        case .endpoint(let error): self.init(error)
        case .unnumbered, .unusable: self.init(.usage, "\(error)")
        }
    }

    /// The status is that of what was tried, unless the right to try was missing.
    init(_ error: SocketError) {
        let remedy = error.remedy
        var message = error.description
        if !remedy.isEmpty, message.hasSuffix(". " + remedy) { message.removeLast(remedy.count + 2) }
        self.init(ExitStatus(error), message, remedy: remedy.isEmpty ? nil : remedy)
        self.error = error
    }

    init(_ error: MessageTextError) {
        let status: ExitStatus =
            switch error {
            case .notAnAssignment, .assignedTwice, .unknownKind, .unknownPlaceholder, .unclosedBrace,
                .unknownTimeUnit:
                .usage
            case .file: .failed
            case .field, .json, .hex, .wrongByteCount: .doesNotFit
            }
        self.init(status, "\(error)")
    }

    init(_ error: HeaderError) {
        let status: ExitStatus =
            switch error.reason {
            case .unknownStruct, .notAStruct, .unknownTail, .tailNotLast, .tailNotArray, .tailsDiffer,
                .unusedTail:
                .usage
            default: .failed
            }
        let excerpt = error.location.excerpt
        self.init(
            status,
            "\(error.location): \(error.reason)",
            remedy: error.hint.map { "Hint: \($0)" },
            excerpt: excerpt.isEmpty ? nil : excerpt
        )
    }

    init(_ error: EndpointError) {
        var message = "\(error)"
        if message.hasSuffix(".") { message.removeLast() }
        self.init(.usage, message)
    }
}

extension ExitStatus {
    /// What a socket's error means for a script.
    init(_ error: SocketError) {
        if [.permissionDenied, .notPermitted].contains(error.code) {
            self = .notPermitted
            return
        }
        // What has run out would have been missing for any address.
        let isWanting =
            error.code.isExhaustion && error.operation != .join
            || error.code == .wouldBlock && error.operation == .open
        if isWanting {
            self = .failed
            return
        }
        switch error.operation {
        case .bind, .listen, .join, .leave, .open, .option, .adopt: self = .couldNotBind
        case .inspect where error.code == .noSuchDevice: self = .couldNotBind
        // Interfaces of one endpoint that contradict each other.
        case .inspect where error.code == .invalidArgument: self = .usage
        case .connect, .resolve: self = .unreachable
        case .accept, .send, .receive, .shutdown, .close, .inspect, .wait:
            self = Self.unreachableCodes.contains(error.code) ? .unreachable : .failed
        }
    }

    private static let unreachableCodes: Set<ErrorCode> = [
        .connectionRefused, .connectionReset, .connectionAborted, .brokenPipe, .hostUnreachable, .hostDown,
        .networkUnreachable, .networkDown, .noSuchFile, .timedOut, .notConnected, .wrongProtocolType,
    ]
}
