import ParleyText
import ParleyWire

/// Writes the fields of a message as an object of JSON. A class, so that using it for each of millions of
/// messages copies nothing.
final class FieldsWriter {
    private let writer: MessageJSONWriter

    init(_ compiled: CompiledLayout, _ policy: TextPolicy) {
        writer = MessageJSONWriter(compiled, policy)
    }

    func append(_ bytes: RawSpan, to output: inout [UInt8]) throws(WireError) {
        try writer.append(bytes, to: &output)
    }
}
