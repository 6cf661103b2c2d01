internal import Logging
public import ParleyCore
internal import ParleyEventLoop
public import ParleyWire
public import ServiceLifecycle

/// A mailbox as a service of a `ServiceGroup`: a handler is given each letter.
///
/// At a graceful shutdown it receives no more, hands out what has come, lets the handlers end, and closes the
/// mailbox. What has not ended within `drain` is cancelled. A handler that throws is logged, one line a second
/// with a count of the others, and disturbs nobody else.
public struct MailboxService<Inbound: Message, Outbound: Message>: Service {
    public typealias Handler =
        @Sendable (Letter<Inbound>, Mailbox<Inbound, Outbound>) async throws -> Void

    private let mailbox: Mailbox<Inbound, Outbound>
    private let lettersMax: Int
    private let drain: Duration
    private let handler: Handler
    private let failures = LogGate()

    /// - Parameters:
    ///   - lettersMax: how many letters are handled at once; 1 keeps their order.
    ///   - drain: how long handlers may go on once the shutdown has begun.
    ///   - handler: handles one letter; the mailbox is there to answer by.
    public init(
        _ mailbox: Mailbox<Inbound, Outbound>,
        lettersMax: Int = 1,
        drain: Duration = .seconds(30),
        _ handler: @escaping Handler
    ) {
        precondition(lettersMax > 0, "a mailbox handles at least one letter at once")
        self.mailbox = mailbox
        self.lettersMax = lettersMax
        self.drain = drain
        self.handler = handler
    }

    /// Handles letters until the graceful shutdown is over.
    ///
    /// - Throws: ``ParleyError/cancelled``, ``ParleyError/socket(_:)``.
    public func run() async throws {
        defer { mailbox.close() }
        var logger = Logger(label: "parley.mailbox")
        logger[metadataKey: "address"] = "\(mailbox.localAddress)"
        let copy = logger
        try await withDraining(within: drain, logger) {
            mailbox.finishReceiving()
        } _: {
            try await lettersMax == 1 ? handleInOrder(copy) : handleAtOnce(copy)
        }
    }

    private func handleInOrder(_ logger: Logger) async throws {
        for try await letter in mailbox { await handle(letter, logger) }
    }

    private func handleAtOnce(_ logger: Logger) async throws {
        let places = Places(lettersMax)
        try await withThrowingDiscardingTaskGroup { group in
            for try await letter in mailbox {
                try await places.take()
                group.addTask {
                    await handle(letter, logger)
                    places.giveBack()
                }
            }
        }
    }

    private func handle(_ letter: Letter<Inbound>, _ logger: Logger) async {
        do {
            try await handler(letter, mailbox)
        } catch {
            if error.isCancellation { return }
            guard let suppressed = failures.pass(at: NetworkEnvironment.now) else { return }
            var metadata = Logger.Metadata.suppressed(suppressed)
            metadata["peer"] = "\(letter.sender)"
            metadata["error"] = "\(error)"
            logger.warning("a letter's handler failed", metadata: metadata)
        }
    }
}
