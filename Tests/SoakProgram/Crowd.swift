import ParleyCore
import ParleyTypes
import Synchronization

extension [UInt8] {
    /// As ``number(of:)``.
    fileprivate var soakNumber: Int { number(of: self) }
}

private let patience = Duration.seconds(30)
private let tasks = 100

/// Many tasks that ask at once, on one connection or mailbox. A tenth of the questions is cancelled or out of time;
/// every answer that is returned is its own question's. Over streams answers come in order, over datagrams the message
/// tells.
func crowd(at place: Endpoint) -> @Sendable (Flow) async throws -> Void {
    { flow in
        if place.transport.isConnectionOriented {
            let (near, far) = try await pair(at: place)
            try await withThrowingTaskGroup { group in
                group.addTask { for try await message in far.messages { try await far.send(message) } }
                group.addTask {
                    try await askAtOnce(flow) { question, timeout in
                        try await near.request(question, timeout: timeout)
                    }
                }
                try await group.waitForAll()
            }
        } else {
            let inbox = try await Mailbox([UInt8].self, at: place)
            let isSure = place.transport != .udp
            let outbox = try await Mailbox([UInt8].self, at: isSure ? .unixgram : .udp("127.0.0.1", 0))
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await letter in inbox {
                        try await inbox.reply(letter.message, to: letter, timeout: patience)
                    }
                }
                group.addTask {
                    try await askAtOnce(flow) { question, timeout in
                        try await outbox.request(
                            question,
                            to: inbox.localAddress,
                            matching: .equal(\.soakNumber),
                            timeout: isSure ? timeout : min(timeout, .milliseconds(200))
                        ).message
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

private func askAtOnce(
    _ flow: Flow,
    _ ask: @escaping @Sendable ([UInt8], Duration) async throws -> [UInt8]
) async throws {
    try await withThrowingTaskGroup { group in
        for first in 0..<tasks {
            group.addTask {
                var next = first
                while true {
                    try await askOnce(next, flow, ask)
                    next += tasks
                }
            }
        }
        try await group.waitForAll()
    }
}

private func askOnce(
    _ next: Int,
    _ flow: Flow,
    _ ask: @escaping @Sendable ([UInt8], Duration) async throws -> [UInt8]
) async throws {
    let question = message(next, size: 21 + next % 200)
    let answer: [UInt8]?
    switch Int.random(in: 0..<20) {
    case 0: answer = try? await ask(question, .microseconds(Int.random(in: 0..<500)))
    case 1:
        let task = Task { try await ask(question, patience) }
        if Bool.random() { try? await Task.sleep(for: .microseconds(Int.random(in: 0..<500))) }
        task.cancel()
        answer = try? await task.value
    default:
        do {
            answer = try await ask(question, patience)
        } catch ParleyError.timedOut {
            // Datagrams are lost where a queue is full.
            flow.lost.add(1, ordering: .relaxed)
            answer = nil
        }
    }
    guard let answer else { return }
    guard answer == question else { fail("\(flow.name): \(number(of: answer)) for \(next)") }
    flow.messages.add(1, ordering: .relaxed)
}
