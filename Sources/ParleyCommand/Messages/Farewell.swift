import ParleyCore
import ParleyTypes
import Synchronization

/// What the two halves of a conversation tell each other when the peer has closed its half.
///
/// A peer that has closed its half may read on, so what the input holds is sent for a moment longer; a peer that has
/// gone refuses it, which the kernel tells with the next attempt. Input that somebody types is not waited for.
final class Farewell: Sendable {
    private let peerClosed = Atomic<Bool>(false)
    private let senderDone = Atomic<Bool>(false)

    /// How long the sender has after that, and how often it is looked at.
    private static let patience = Duration.milliseconds(200)
    private static let pause = Duration.milliseconds(2)

    var hasPeerClosed: Bool { peerClosed.load(ordering: .acquiring) }

    func senderIsDone() { senderDone.store(true, ordering: .releasing) }

    /// Says that the peer has closed, and gives the sender the time to send what its input holds.
    func wait(for source: MessageSource) async {
        peerClosed.store(true, ordering: .releasing)
        guard !source.isTyped else { return }
        let end = NetworkEnvironment.now.advanced(by: Self.patience)
        while !senderDone.load(ordering: .acquiring), NetworkEnvironment.now < end {
            do { try await NetworkEnvironment.sleep(for: Self.pause) } catch { return }
        }
    }
}

extension Ending {
    /// The peer closed its half in order, and not all was sent.
    static let untaken = Ending(
        .unreachable,
        "the peer closed the connection before it answered, while there was more to send",
        remedy: "How much of what was sent it took is not known."
    )
}
