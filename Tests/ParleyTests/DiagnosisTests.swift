import Parley
import Testing

private struct Failed: Error {
    var what: String
    var cause: any Error
}

private enum Trouble: Error {
    case network(any Error, retries: Int)
    case several([any Error])
    case perhaps(ParleyError?)
}

private class Base: Error, @unchecked Sendable {
    let cause: any Error

    init(_ cause: any Error) { self.cause = cause }
}

private final class Derived: Base, @unchecked Sendable {
    let name = "derived"
}

private struct Long: Error {
    var numbers = Array(repeating: "number", count: 1_000_000)
}

private indirect enum Chain: Error {
    case end(ParleyError)
    case link(Chain)
}

/// Why something failed is asked where it was caught, whatever the compiler knows of the error there.
@Suite(.timeLimit(.minutes(5))) struct DiagnosisTests {
    private let taken: Mailbox<Score, Score>
    private let place: Endpoint

    init() async throws {
        taken = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
        place = .udp("127.0.0.1", taken.localAddress.port ?? 0)
    }

    private func names(_ diagnosis: Diagnosis?) -> Bool {
        diagnosis?.description.contains("receives at \(taken.localAddress)") == true
    }

    @Test func `in a connection's handler`() async throws {
        let listener = try await Listener(Score.self, at: .tcp("127.0.0.1", 0))
        let client = try await Connection(Score.self, to: .tcp("127.0.0.1", listener.localAddress.port ?? 0))
        try await listener.run { [place] connection in
            do {
                for try await letter in try await Mailbox(Score.self, at: place) { print(letter) }
            } catch {
                #expect(names(await error.diagnosis()))
            }
            listener.close()
        }
        client.close()
    }

    @Test func `behind withMailbox, in a task group and in a task`() async throws {
        do {
            try await withMailbox(Score.self, at: place) { box in
                for try await letter in box { print(letter) }
            }
        } catch {
            #expect(names(await error.diagnosis()))
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { [place] group in
                group.addTask { try await Mailbox(Score.self, at: place).close() }
                try await group.waitForAll()
            }
        } catch {
            #expect(names(await error.diagnosis()))
        }
        let task = Task { [place] in try await Mailbox(Score.self, at: place).close() }
        await #expect {
            try await task.value
        } throws: { error in
            names(await error.diagnosis())
        }
    }

    @Test func `through errors of one's own`() async throws {
        var caught: ParleyError?
        do { try await Mailbox(Score.self, at: place).close() } catch { caught = error }
        let cause = try #require(caught)
        var held: SocketError?
        if case .socket(let error) = cause { held = error }
        let socketError = try #require(held)
        let errors: [any Error] = [
            cause, socketError, Failed(what: "the inbox", cause: cause), Failed(what: "", cause: socketError),
            Trouble.network(cause, retries: 3), Trouble.several([CancellationError(), cause]),
            Trouble.perhaps(cause), Base(cause), Derived(cause),
            Failed(what: "deep", cause: Trouble.network(Failed(what: "deeper", cause: cause), retries: 1)),
        ]
        for error in errors { #expect(names(await error.diagnosis()), "\(error)") }
    }

    @Test func `what holds no socket's error has no diagnosis`() async {
        var chain = Chain.end(.closed)
        for _ in 0..<1000 { chain = .link(chain) }
        let errors: [any Error] = [
            ParleyError.closed, ParleyError.cancelled, CancellationError(), Trouble.perhaps(nil), Long(),
            Trouble.several([]), Failed(what: "alone", cause: CancellationError()), chain,
        ]
        for error in errors { #expect(await error.diagnosis() == nil) }
    }
}
