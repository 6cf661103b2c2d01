import Parley

// The library's way to ask why something failed, where servers need it: there the compiler knows only that
// something was thrown.

func inAConnectionsHandler() async throws {
    try await Listener(Score.self, at: .tcp(port: 8086)).run { connection in
        do {
            let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
            for try await letter in inbox { print(letter.message.math) }
        } catch {
            // A diagnosis has members: cause, remedy, holders, limits.
            print(await error.diagnosis()?.description ?? "\(error)")
        }
        try await connection.flush()
    }
}

func inATaskOfAGroup() async {
    await withTaskGroup { group in
        group.addTask {
            do {
                let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
                for try await letter in inbox { print(letter.message.math) }
            } catch {
                // A diagnosis has members: cause, remedy, holders, limits.
                print(await error.diagnosis()?.description ?? "\(error)")
            }
        }
    }
}

func behindWithMailbox() async {
    do {
        try await withMailbox(Score.self, at: .udp(port: 8089)) { inbox in
            for try await letter in inbox { print(letter.message.math) }
        }
    } catch {
        print(await error.diagnosis()?.description ?? "\(error)")
    }
}

@MainActor final class Model {
    private(set) var math: UInt32 = 0

    func onTheMainActor() async {
        do {
            try await withConnection(Score.self, to: .tcp(host: "server.example", port: 8086)) { connection in
                for try await score in connection { math = score.math }
            }
        } catch let error where error.isCancellation {
            // Told to end.
        } catch {
            print(await error.diagnosis()?.description ?? "\(error)")
        }
    }
}

/// Generic code asks for messages and nothing else.
struct Relay<Question: WireMessage, Answer: WireMessage>: Sendable {
    let backend: Connection<Answer, Question>

    func serve(at place: Endpoint) async throws {
        try await withListener(receiving: Question.self, sending: Answer.self, at: place) { listener in
            try await listener.run { connection in
                for try await question in connection {
                    try await connection.send(try await ask(question))
                }
            }
        }
    }

    func ask(_ question: Question) async throws(ParleyError) -> Answer {
        try await backend.request(question, timeout: .seconds(5))
    }

    func tell(_ letter: Letter<Answer>, to recipient: String) async throws(ParleyError) {
        let outbox = try await Mailbox(Answer.self, at: .udp)
        try await outbox.send(letter.message, to: recipient)
        try await withMailbox(receiving: Question.self, sending: Answer.self, at: .udp) {
            (outbox) async throws(ParleyError) in
            try await outbox.send(letter.message, to: recipient)
        }
    }

    static var sizes: String { "\(Question.Coder().framing) \(Answer.layout)" }
}

func firstOf<M: PlainMessage>(_: M.Type, at place: Endpoint) async throws(ParleyError) -> M? {
    try await Mailbox(M.self, at: place).next(timeout: .seconds(5))?.message
}

func firstLine<Value: LosslessStringConvertible & Sendable>(
    of _: Value.Type,
    from place: Endpoint
) async throws(ParleyError) -> Value? {
    try await firstOf(Line<Value>.self, at: place)?.value
}

func firstBytes(from place: Endpoint) async throws(ParleyError) -> [UInt8]? {
    try await firstOf([UInt8].self, at: place)
}
