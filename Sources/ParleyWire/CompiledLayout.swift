/// A layout made ready for many messages: names are found without a search, and messages of the usual shape
/// (fixed fields, then perhaps a tail of bytes or of plain items) are checked in one pass over a flat list.
///
/// Make it once and decode with it: `DynamicMessage(decoding: bytes, as: compiled)`.
public final class CompiledLayout: Sendable {
    public let layout: MessageLayout
    let indices: [String: Int]
    /// What must hold for bytes to be surely the message's own encoding, or nil when only reading them can
    /// tell.
    package let plan: Plan?
    /// The size of every message, when every message of that size is one; otherwise -1.
    @usableFromInline let sizePlain: Int
    /// What tells it from every other, as a plain number: looking at it counts no references.
    @usableFromInline let identity: ObjectIdentifier
    private let token = Token()

    private final class Token: Sendable {}

    public init(_ layout: MessageLayout) {
        self.layout = layout
        let named = layout.fields.enumerated().filter { $0.element.role != .padding }
        indices = Dictionary(named.map { ($0.element.name, $0.offset) }) { first, _ in first }
        plan = Plan(layout)
        identity = ObjectIdentifier(token)
        sizePlain = plan.map { $0.isPlain ? $0.head : -1 } ?? -1
    }

    /// Whether `bytes` are a message for sure. False means: read them to know.
    package func reads(_ bytes: RawSpan) -> Bool {
        bytes.byteCount == sizePlain || plan?.reads(bytes) == true
    }

    /// Checks that `bytes` are a message.
    ///
    /// - Throws: what decoding them throws.
    @usableFromInline
    func check(_ bytes: RawSpan) throws(WireError) {
        if reads(bytes) { return }
        var reader = WireReader(bytes)
        _ = try reader.readFields(of: layout)
        try reader.finish()
    }

    /// Whether `bytes` are a message and the very bytes that encoding it gives. False means: read them to
    /// know.
    func accepts(_ bytes: RawSpan) -> Bool {
        plan?.accepts(bytes) ?? false
    }
}
