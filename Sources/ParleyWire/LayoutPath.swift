/// The message types that are being laid out, from the outermost on: what finds a type that contains itself
/// before its layout goes on without end.
public struct LayoutPath: Sendable {
    private var types: [ObjectIdentifier] = []

    /// Nothing is being laid out.
    public init() {}

    /// The path of a type that is laid out for itself.
    public init<Message: WireMessage>(_ type: Message.Type) {
        types = [ObjectIdentifier(type)]
    }

    /// The path into a type; nil when it is being laid out already.
    func appending<Message: WireMessage>(_ type: Message.Type) -> LayoutPath? {
        let type = ObjectIdentifier(type)
        guard !types.contains(type) else { return nil }
        var path = self
        path.types.append(type)
        return path
    }
}
