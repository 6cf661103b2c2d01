/// The descriptors that came with one message, in the order in which the peer named them. What is not taken
/// is closed when the value ends.
public struct PassedDescriptors: ~Copyable, Sendable {
    /// The most descriptors that one message passes (the kernel's SCM_MAX_FD).
    public static let countMax = 253

    /// Whether the peer passed more than were allowed for, or than this process had numbers left for; the
    /// system has closed those. (MSG_CTRUNC)
    public let isTruncated: Bool
    private let numbers: [Int32]
    private var taken = 0
    private let closing: OwnedDescriptor.Closing?

    /// No descriptors.
    public init() {
        isTruncated = false
        numbers = []
        closing = nil
    }

    /// Takes over descriptors that nobody else closes.
    public init(
        owning numbers: [Int32],
        isTruncated: Bool,
        closedBy closing: @escaping OwnedDescriptor.Closing
    ) {
        self.isTruncated = isTruncated
        self.numbers = numbers
        self.closing = closing
    }

    deinit {
        guard let closing else { return }
        for number in numbers[taken...] { closing(number) }
    }

    /// How many have not been taken.
    public var count: Int { numbers.count - taken }
    public var isEmpty: Bool { count == 0 }

    /// Takes the next one; nil when there is none left.
    public mutating func popFirst() -> OwnedDescriptor? {
        guard let closing, taken < numbers.count else { return nil }
        defer { taken += 1 }
        return OwnedDescriptor(owning: numbers[taken], closedBy: closing)
    }
}
