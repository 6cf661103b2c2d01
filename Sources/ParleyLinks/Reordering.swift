/// Packets that leave the order in which they were sent. All others keep it, however their delays vary: none
/// arrives before the one before it.
///
/// A reordered packet waits for none and makes none wait; by how much its arrival differs from its own delay
/// is what ``shift`` says.
public struct Reordering: Sendable, Hashable {
    /// The share of packets that are reordered, held to 0...1.
    public var probability: Double
    public var shift: Shift

    public init(probability: Double, shift: Shift) {
        self.probability = probability
        self.shift = shift
    }

    public enum Shift: Sendable, Hashable {
        /// Arrives so much earlier than its delay says, but not before it has left the queue.
        case ahead(Duration)
        /// Arrives so much later than its delay says.
        case back(Duration)
    }

    public static let none = Reordering(probability: 0, shift: .back(.zero))

    public static func ahead(_ probability: Double, by time: Duration) -> Reordering {
        Reordering(probability: probability, shift: .ahead(time))
    }

    public static func back(_ probability: Double, by time: Duration) -> Reordering {
        Reordering(probability: probability, shift: .back(time))
    }

    /// No order at all: each packet arrives by its own delay.
    public static let free = Reordering(probability: 1, shift: .back(.zero))
}
