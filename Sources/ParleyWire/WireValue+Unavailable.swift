// Types that look like fields and have no agreed bytes. The macro says so where it sees their names; behind a
// type alias it sees nothing, and the compiler finds these sentences.

/// What has no bytes that two machines agree on. Never used: every conformance to it is unavailable.
public protocol WithoutAgreedBytes: WireValue {}

extension WithoutAgreedBytes {
    public static var fieldType: FieldType { preconditionFailure("\(Self.self) has no agreed bytes") }
    public static var wireSizeMinimum: Int { preconditionFailure("\(Self.self) has no agreed bytes") }
    public init(from reader: inout WireReader) throws(WireError) {
        preconditionFailure("\(Self.self) has no agreed bytes")
    }
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        preconditionFailure("\(Self.self) has no agreed bytes")
    }
}

@available(*, unavailable, message: "Int has 8 bytes here and 4 elsewhere: say Int32 or Int64")
extension Int: WithoutAgreedBytes {}

@available(*, unavailable, message: "UInt has 8 bytes here and 4 elsewhere: say UInt32 or UInt64")
extension UInt: WithoutAgreedBytes {}

@available(
    *,
    unavailable,
    message: "String has no fixed size: say CString<n> for a field, TailText for the tail"
)
extension String: WithoutAgreedBytes {}

@available(*, unavailable, message: "a Character has no fixed size: say UInt8 for ASCII, UInt32 for Unicode")
extension Character: WithoutAgreedBytes {}

@available(
    *,
    unavailable,
    message: "no byte says that nothing is there: add a Bool, or say which value means none"
)
extension Optional: WireValue, WithoutAgreedBytes where Wrapped: WireValue {}

@available(*, unavailable, message: "a tail is last and spelled [T]; say [n of T] for a fixed number")
extension Array: WireValue, WithoutAgreedBytes where Element: WireValue {}
