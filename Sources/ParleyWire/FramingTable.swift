internal import Synchronization

/// The framings of the types that were asked for: each is made of its layout once, not for every connection.
@usableFromInline
enum FramingTable {
    private static let framings = Mutex<[ObjectIdentifier: Framing]>([:])

    @usableFromInline
    static func framing<Value: WireValue>(of type: Value.Type) -> Framing {
        let key = ObjectIdentifier(type)
        if let known = framings.withLock({ $0[key] }) { return known }
        let framing =
            if case .message(let layout) = Value.fieldType { Framing.following(layout) } else {
                Framing.lengthPrefixed()
            }
        framings.withLock { $0[key] = framing }
        return framing
    }
}
