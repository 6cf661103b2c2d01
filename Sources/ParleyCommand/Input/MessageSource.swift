import ParleyText
import ParleyTypes
import ParleyWire

/// The messages to send, one after another: of the arguments, of a file, of standard input.
struct MessageSource {
    private let reader: MessageReader
    private let kind: Kind
    private var lines: LineReader?
    private var records: RecordReader?
    private var isDone = false
    /// What the last message's line of JSON said about it.
    private(set) var envelope = Envelope()
    /// Whether the input is cut where it happens to be cut: raw bytes and text on a stream, or typed at a
    /// terminal.
    private let isCutAnywhere: Bool

    private enum Kind {
        case arguments(Parcel)
        case lines
        case input(InputStream)
        /// Bytes and text in which the borders stand that were named.
        case records
    }

    /// - Parameters:
    ///   - arguments: assignments or text; none or `-` is standard input, `@path` a file.
    ///   - framing: what was said of the borders of messages, nil where each layout decides.
    init(_ arguments: [String], form: Form, isStream: Bool, framing: Framing? = nil) throws(Ending) {
        reader = MessageReader(form: form, framing: framing)
        let input: InputStream
        if arguments.isEmpty || arguments == ["-"] {
            input = .standard
        } else if arguments.count == 1, arguments[0].hasPrefix("@") {
            input = try .file(String(arguments[0].dropFirst()))
        } else {
            kind = .arguments(try reader.message(arguments: arguments))
            isCutAnywhere = false
            return
        }
        isCutAnywhere = isStream || input.isTerminal
        isDone = input.isForbidden
        switch form {
        case .raw, .text:
            guard let framing, framing.cutsInput else {
                kind = .input(input)
                return
            }
            // Who types ends a line, whatever ends the message.
            guard input.isTerminal else {
                kind = .records
                records = RecordReader(input, framing, isText: form.isText)
                return
            }
        default: break
        }
        kind = .lines
        lines = LineReader(input)
    }

    /// The one message that the arguments say, which can be repeated.
    var fixed: Parcel? { if case .arguments(let parcel) = kind { parcel } else { nil } }

    /// Whether somebody types it: then nobody knows whether more will come.
    var isTyped: Bool {
        switch kind {
        case .arguments, .records: false
        case .lines: lines?.input.isTerminal ?? false
        case .input(let input): input.isTerminal
        }
    }

    /// The next message, nil when there is none.
    mutating func next() async throws(Ending) -> Parcel? {
        guard !isDone else { return nil }
        switch kind {
        case .arguments(let parcel):
            isDone = true
            return parcel
        case .input(let input):
            if isCutAnywhere { return try await input.next().map { Parcel(bytes: $0) } }
            isDone = true
            var bytes: [UInt8] = []
            while let chunk = try await input.next() {
                bytes += chunk
                guard bytes.count <= Files.bytesMax else {
                    throw Ending(
                        .doesNotFit,
                        "\(input.name): more than \(Files.bytesMax) bytes are no message"
                    )
                }
            }
            return bytes.isEmpty ? nil : Parcel(bytes: bytes)
        case .records:
            return try await records?.next().map { Parcel(bytes: $0) }
        case .lines:
            while let line = try await lines?.next() {
                if line.isEmpty, case .layout = reader.form { continue }
                let number = lines?.number ?? 0
                let name = lines?.input.name ?? ""
                envelope = Envelope()
                return try reader.message(line: line, envelope: &envelope, "\(name), line \(number)")
            }
            return nil
        }
    }
}
