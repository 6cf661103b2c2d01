import ExampleMessages
import ParleyCore
import ParleyLinks
import ParleySimulation
import ParleyTypes
import ParleyWire

func graded(_ score: Score) -> Score {
    Score(name: score.name, math: score.math + 1, chinese: score.chinese)
}

func score(_ number: Int) -> Score { Score(name: "Trans", math: UInt32(number), chinese: 0) }

extension SimulatedHost {
    /// Answers scores that come as datagrams.
    func grade(at port: UInt16 = 8089) {
        start {
            let inbox = try await Mailbox(Score.self, at: .udp(port: port))
            try await inbox.respond { letter in graded(letter.message) }
        }
    }

    /// Answers scores that come on connections.
    func gradeStreams(at port: UInt16 = 8086) {
        start {
            let listener = try await Listener(Score.self, at: .tcp(port: port))
            try await listener.respond { graded($0) }
        }
    }
}

extension SimulatedNetwork {
    /// What the simulation's own program ends with, where it is expected to fail.
    func failure(_ body: @escaping @Sendable (SimulatedNetwork) async throws -> Void) async -> (any Error)? {
        keepsPackets = false
        do {
            try await self(body)
            return nil
        } catch {
            return error
        }
    }
}

extension ParleyError {
    var socketError: SocketError? {
        guard case .socket(let error) = self else { return nil }
        return error
    }
}
