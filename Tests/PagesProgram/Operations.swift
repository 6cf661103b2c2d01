import Logging
import Parley
import ParleyOperations
import ServiceLifecycle

/// docs/operations.md.
func operate(_ mailbox: Mailbox<Score, Score>, _ logger: Logger) async throws {
    let listener = try await Listener(Score.self, at: .tcp(port: 8086), limits: .forStrangers)
    try await listener.run { connection in
        for try await score in connection { try await connection.send(score) }
    }

    let answers = try await Listener(Score.self, at: .tcp(port: 8086), limits: .forStrangers)
    try await answers.respond { score in score.math > 100 ? nil : score }

    try await answers.respond(
        onConnected: { peer in logger.info("\(peer) connected") },
        onEnded: { peer, error in logger.info("\(peer): \(error.map { "\($0)" } ?? "closed")") }
    ) { score, peer in score }

    let reporter = MetricsReporter()
    reporter.add(listener)
    reporter.add(mailbox)

    let group = ServiceGroup(
        services: [
            MetricsService(reporter),
            ListenerService(listener, drain: .seconds(30)) { connection in
                for try await score in connection { try await connection.send(score) }
            },
            MailboxService(mailbox) { letter, mailbox in
                try await mailbox.reply(letter.message, to: letter)
            },
        ],
        gracefulShutdownSignals: [.sigterm],
        logger: logger
    )
    try await group.run()

    let web = try await Listener(Score.self, at: .activated("web"))
    web.close()
}
