internal import ParleyNetwork
internal import Synchronization

/// What a mailbox, connection or listener has done since it was opened. All numbers count messages.
public struct Statistics: Sendable, Hashable {
    /// Messages that came: handed out to the reader, or waiting for it.
    public var received = 0
    /// Messages given to the system.
    public var sent = 0
    /// Datagrams that came and were no message.
    public var rejected = 0
    /// Messages that came and had no room: letters of others, or earlier ones of the same
    /// peer, while a request waited for its answer.
    public var dropped = 0
    /// Answers that came after their request had been given up, and were thrown away because on a stream or over
    /// `seqpacket` they would have passed for the answers to later questions
    /// (``Connection/request(_:timeout:)``). They are not among those received.
    public var discarded = 0
    /// Of those discarded: answers to numbered questions (``Retrying``) that had been answered already, or given up.
    public var doubled = 0
    /// Questions that this side sent once more because no answer had come (``Retrying``). They are among those sent.
    public var repeated = 0
    /// Questions that came once more and were not run again (`Mailbox.respond(remembering:)`).
    public var remembered = 0
    /// Questions that were not run because there was no room to remember them (`Mailbox.respond(remembering:)`).
    public var refused = 0
    /// Answers over datagrams that were handed out although they may have been late ones to earlier questions
    /// (``Letter/mayBeLate``), marked or not: a plain ``Connection/request(_:timeout:)`` has no place for a mark.
    public var perhapsLate = 0
    /// At least so many datagrams came and found the system's receive queue full, because they were read too
    /// slowly. Messages they may have been; nobody looked.
    ///
    /// A lower bound: datagrams that the system had joined (UDP_GRO) are lost as one packet of up to 128, and it
    /// counts packets. It is the number itself where nothing is joined: over `unixgram`, and with
    /// `PARLEY_OFFLOAD=off`.
    public var lostAtLeast = 0
    /// Messages that were given up because in the time that sending them had there was no room for them, or their
    /// turn did not come (`sendRate`); those of a burst that came after them included.
    public var unsent = 0
    /// Letters that `Mailbox.respond` did not answer because its closure threw, or because the answer had no
    /// representation or was refused by the system.
    public var failed = 0

    @available(
        *,
        deprecated,
        renamed: "lostAtLeast",
        message: "a joined packet of many datagrams counts once"
    )
    public var lost: Int { lostAtLeast }
}

/// The counters behind ``Statistics``. Relaxed: each number is right, together they are no snapshot.
@usableFromInline
final class Counters: Sendable {
    private let received = Atomic<Int>(0)
    private let sent = Atomic<Int>(0)
    private let rejected = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let unsent = Atomic<Int>(0)
    private let discarded = Atomic<Int>(0)
    private let perhapsLate = Atomic<Int>(0)
    private let failed = Atomic<Int>(0)
    private let doubled = Atomic<Int>(0)
    private let repeated = Atomic<Int>(0)
    private let remembered = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)

    init() {}

    @usableFromInline
    func countReceived(_ amount: Int = 1) { received.add(amount, ordering: .relaxed) }

    /// Counts a message.
    ///
    /// - Returns: whether it is the sender's turn to let others work. A loop that sends and never meets a
    ///   full buffer never suspends; without this, as many such loops as there are cores would stop every
    ///   other task.
    @usableFromInline
    func countSentInTurn(_ amount: Int = 1) -> Bool {
        let (before, after) = sent.add(amount, ordering: .relaxed)
        return before / Self.sentInTurnMax != after / Self.sentInTurnMax
    }

    /// About a millisecond of system calls.
    private static let sentInTurnMax = 1024

    /// A datagram that had been counted as received turned out to be no message.
    func countRejected() {
        received.subtract(1, ordering: .relaxed)
        rejected.add(1, ordering: .relaxed)
    }

    func countUnsent(_ amount: Int = 1) { unsent.add(amount, ordering: .relaxed) }

    @usableFromInline
    func countFailed(_ amount: Int = 1) { failed.add(amount, ordering: .relaxed) }

    func countDoubled() { doubled.add(1, ordering: .relaxed) }

    func countRepeated() { repeated.add(1, ordering: .relaxed) }

    func countRemembered() { remembered.add(1, ordering: .relaxed) }

    func countRefused() { refused.add(1, ordering: .relaxed) }

    func countDropped() { dropped.add(1, ordering: .relaxed) }

    func countDiscarded(_ amount: Int) { discarded.add(amount, ordering: .relaxed) }

    @usableFromInline
    func countPerhapsLate() { perhapsLate.add(1, ordering: .relaxed) }

    /// All messages that came, thrown away or not: what shows that a peer is not silent.
    var cameCount: Int { received.load(ordering: .relaxed) + discarded.load(ordering: .relaxed) }
    var sentCount: Int { sent.load(ordering: .relaxed) }

    func statistics(of port: any Port) -> Statistics {
        var sums = statistics
        sums.lostAtLeast = port.lostMessages
        return sums
    }

    /// All but what a port tells.
    var statistics: Statistics {
        Statistics(
            received: received.load(ordering: .relaxed),
            sent: sent.load(ordering: .relaxed),
            rejected: rejected.load(ordering: .relaxed),
            dropped: dropped.load(ordering: .relaxed),
            discarded: discarded.load(ordering: .relaxed),
            doubled: doubled.load(ordering: .relaxed),
            repeated: repeated.load(ordering: .relaxed),
            remembered: remembered.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed),
            perhapsLate: perhapsLate.load(ordering: .relaxed),
            unsent: unsent.load(ordering: .relaxed),
            failed: failed.load(ordering: .relaxed)
        )
    }
}
