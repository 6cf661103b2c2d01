import ParleyText
import ParleyWire

/// Writes the fields of a message as an object of JSON, straight from its bytes.
struct FieldsWriter {
    private let compiled: CompiledLayout
    private let policy: TextPolicy

    init(_ compiled: CompiledLayout, _ policy: TextPolicy) {
        self.compiled = compiled
        self.policy = policy
    }

    func append(_ bytes: RawSpan, to output: inout [UInt8]) throws(WireError) {
        let message = try DynamicMessage(decoding: bytes, as: compiled)
        output += "\(message.json(policy))".utf8
    }
}
