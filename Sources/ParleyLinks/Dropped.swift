/// A drop that has not been told yet.
struct Dropped: Sendable {
    var id: UInt32
    var cause: LinkDrop
    /// Nanoseconds.
    var time: Int64
}
