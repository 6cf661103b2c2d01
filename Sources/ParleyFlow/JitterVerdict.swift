/// What an element was to a ``JitterBuffer``.
public enum JitterVerdict: Sendable, Hashable {
    /// It is kept until its time.
    case kept
    /// Its time had passed. It is dropped, or kept marked, as the buffer was told.
    case late
    /// It came before; dropped.
    case duplicate
    /// The buffer is full, in elements or in bytes; dropped.
    case noRoom
}
