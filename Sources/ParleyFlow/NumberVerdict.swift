/// What a number was to a ``NumberLedger``.
public enum NumberVerdict: Sendable, Hashable {
    /// It is higher than all before it, or the first.
    case new
    /// It was missing, or is below the first: a higher one has come before it.
    case late
    /// It has come before.
    case doubled
    /// It is far from the others: the next one tells whether the sender goes on there.
    case distant
    /// The sender goes on where the one before was, which was distant: it has begun anew, or much was lost.
    case followed
}
