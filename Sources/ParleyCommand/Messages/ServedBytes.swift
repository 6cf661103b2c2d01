import ParleyWire

/// A message that is served: its bytes. Questions and answers have borders of their own.
struct ServedBytes: Message {
    typealias Coder = ServedCoder

    var bytes: [UInt8]
}

struct ServedCoder: MessageCoder {
    let framing: Framing
    private let bytes = BytesCoder()

    init(framing: Framing) { self.framing = framing }

    var sizeMaximum: Int? { nil }

    func size(of message: ServedBytes) -> Int { message.bytes.count }

    func encode(_ message: ServedBytes, into output: inout OutputRawSpan) throws(WireError) {
        try bytes.encode(message.bytes, into: &output)
    }

    func decode(_ span: RawSpan) throws(WireError) -> ServedBytes {
        ServedBytes(bytes: try bytes.decode(span))
    }
}
