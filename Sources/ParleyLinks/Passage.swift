/// Whether a ``Link`` lets packets in. What is inside already goes on, whatever it says.
public enum Passage: Sendable, Hashable, CaseIterable {
    case open
    /// Packets are kept before the queue, at most ``Link/heldPacketsMax``, and enter in order when the way is
    /// open again: all of them, the queue's limit does not count for them.
    case held
    /// Packets are dropped, those included that were held before.
    case partitioned
}
