/// A number of errno(3), as Linux gives it, on every platform that this target builds for.
///
/// A type of its own so that simulated networks and engines can speak of `ECONNREFUSED` without a C library.
public struct ErrorCode: RawRepresentable, Sendable, Hashable {
    public var rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }
}
