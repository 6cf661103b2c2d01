public import ParleyWire

/// Writes messages of one layout as JSON, fast: from their bytes to text, without a value for each field in
/// between.
///
///     let writer = MessageJSONWriter(compiled)
///     try writer.append(bytes, to: &line)      // {"name":"Trans","math":83,"chinese":86}
///
/// What it appends is, byte for byte, what ``ParleyWire/DynamicMessage/json(_:)`` gives. Make it once for
/// many messages.
public struct MessageJSONWriter: Sendable {
    private let compiled: CompiledLayout
    private let policy: TextPolicy
    /// Nil when the layout, or the policy, asks for more than a list of steps.
    private let program: JSONProgram?

    public init(_ compiled: CompiledLayout, _ policy: TextPolicy = TextPolicy()) {
        self.compiled = compiled
        self.policy = policy
        program = compiled.plan == nil ? nil : JSONProgram(compiled.layout, policy)
    }

    /// Whether messages take the fast way: the layout has no tagged union and no items of changing size.
    public var isFast: Bool { program != nil }

    /// Appends the message that fills `bytes` as an object.
    ///
    /// - Throws: what decoding the message throws; `output` is then as it was.
    public func append(_ bytes: RawSpan, to output: inout [UInt8]) throws(WireError) {
        if let program, compiled.plan?.reads(bytes) == true {
            output.append(addingCapacity: program.sizeMaximum(for: bytes.byteCount)) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                    var cursor = unsafe JSONCursor(buffer)
                    program.run(bytes, at: 0, to: &cursor)
                    count = cursor.count
                }
            }
            return
        }
        let message = try DynamicMessage(decoding: bytes, as: compiled)
        output += Array("\(message.json(policy))".utf8)
    }
}
