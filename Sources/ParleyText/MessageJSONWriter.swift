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
    private let runner: JSONRunner?

    public init(_ compiled: CompiledLayout, _ policy: TextPolicy = TextPolicy()) {
        self.compiled = compiled
        self.policy = policy
        let program = compiled.plan == nil ? nil : JSONProgram(compiled.layout, policy)
        runner = program.map(JSONRunner.init)
    }

    /// Whether messages take the fast way: no tagged union lies inside of another message, and no item
    /// changes in size.
    public var isFast: Bool { runner != nil }

    /// Appends the message that fills `bytes` as an object.
    ///
    /// - Throws: what decoding the message throws; `output` is then as it was.
    public func append(_ bytes: RawSpan, to output: inout [UInt8]) throws(WireError) {
        if let runner, compiled.reads(bytes) {
            output.append(addingCapacity: runner.program.sizeMaximum(for: bytes.byteCount)) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                    var cursor = unsafe JSONCursor(buffer)
                    runner.run(bytes, at: 0, to: &cursor)
                    count = cursor.count
                }
            }
            return
        }
        let message = try DynamicMessage(decoding: bytes, as: compiled)
        output += Array("\(message.json(policy))".utf8)
    }
}
