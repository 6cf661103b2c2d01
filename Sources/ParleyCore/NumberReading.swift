internal import ParleyFlow
internal import ParleyWire
internal import Synchronization

/// Reads the numbers of messages before they are decoded, once somebody wants to know them: the intakes of one port
/// share it.
@usableFromInline
final class NumberReading: @unchecked Sendable {
    // Sendable by hand: the numbering is written once, before the flag that says it is there.
    private var numbering: MessageNumbering?
    private let flag = Atomic<Bool>(false)
    private let digests = Atomic<Bool>(false)
    private let turning = Mutex<Void>(())

    init() {}

    @usableFromInline var isOn: Bool { flag.load(ordering: .acquiring) }

    func turnOn(_ numbering: MessageNumbering, withDigests: Bool = false) {
        if withDigests { digests.store(true, ordering: .relaxed) }
        guard !isOn else { return }
        turning.withLock { _ in
            guard !isOn else { return }
            self.numbering = numbering
            flag.store(true, ordering: .releasing)
        }
    }

    /// Nil where these bytes carry no number.
    @usableFromInline
    func mark(in bytes: RawSpan) -> MessageMark? {
        guard let number = numbering?.number(in: bytes) else { return nil }
        let isDigested = digests.load(ordering: .relaxed)
        return MessageMark(number: number, digest: isDigested ? QuestionDigest.of(bytes) : 0)
    }
}
