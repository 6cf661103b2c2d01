import BenchKit
import Parley

/// Bytes of memory for each of `count` mailboxes: open, with a task that waits for a letter, and after one letter
/// has come.
@concurrent
func measureIdleMailboxes(_ count: Int) async throws {
    // What the first ones cost is the program's, not a mailbox's.
    let first = try await openMailboxes(16)
    try await waitAndSend(to: first) {}

    let base = residentBytes()
    func report(_ row: String) {
        let bytes = Double(max(residentBytes() - base, 0)) / Double(count)
        BenchKit.report("idle", peer: "parley", row: row, unit: "bytes", value: bytes)
    }
    let mailboxes = try await openMailboxes(count)
    report("mailbox, open")
    try await waitAndSend(to: mailboxes) { report("mailbox, a reader waits") }
    report("mailbox, after one letter")
}

private func openMailboxes(_ count: Int) async throws -> [Mailbox<Score, Score>] {
    var mailboxes: [Mailbox<Score, Score>] = []
    for _ in 0..<count { mailboxes.append(try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))) }
    return mailboxes
}

/// Has a task wait at each mailbox, and then sends each a letter.
private func waitAndSend(to mailboxes: [Mailbox<Score, Score>], _ whenWaiting: () -> Void) async throws {
    let outbox = try await Mailbox(Score.self, at: .udp)
    try await withThrowingTaskGroup { group in
        for mailbox in mailboxes {
            group.addTask {
                guard try await mailbox.next(timeout: .seconds(30)) != nil else { fail("a mailbox closed") }
            }
        }
        try await Task.sleep(for: .milliseconds(300))
        whenWaiting()
        for mailbox in mailboxes { try await outbox.send(Score(number: 1), to: mailbox.localAddress) }
        try await group.waitForAll()
    }
}
