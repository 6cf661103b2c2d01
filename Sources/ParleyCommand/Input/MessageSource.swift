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

    /// What numbers the messages, and the first number.
    private let number: NumberField?
    private var firstNumber: UInt64 = 0
    /// How many were given.
    private var count = 0

    private enum Kind {
        case arguments(ArgumentSeries)
        case lines
        case input(InputStream)
        /// Bytes and text in which the borders stand that were named.
        case records
    }

    /// - Parameters:
    ///   - arguments: assignments or text; none or `-` is standard input, `@path` a file.
    ///   - framing: what was said of the borders of messages, nil where each layout decides.
    ///   - number: the field that is filled with 0, 1, 2 …, from what the arguments give it on.
    ///   - suggestsFraming: whether an error may say that `--framing` fills in a length.
    ///   - console: told what is written like a placeholder and is none.
    init(
        _ arguments: [String],
        form: Form,
        isStream: Bool,
        framing: Framing? = nil,
        number: NumberField? = nil,
        suggestsFraming: Bool = true,
        console: Console
    ) throws(Ending) {
        reader = MessageReader(
            form: form,
            framing: framing,
            number: number,
            suggestsFraming: suggestsFraming && framing?.lengthField == nil
        )
        self.number = number
        let input: InputStream
        if arguments.isEmpty || arguments == ["-"] {
            input = .standard
        } else if arguments.count == 1, arguments[0].hasPrefix("@") {
            input = try .file(String(arguments[0].dropFirst()))
        } else {
            let series = try reader.series(arguments: arguments)
            if let stranger = series.strangers.first {
                console.remark(
                    "\(SafeText.line(stranger)) is sent as it stands: {n} and {time} are filled in here, "
                        + "the question's fields in `parley serve reply`"
                )
            }
            if let field = series.lists.first {
                console.remark(
                    "\(SafeText.line(field)) is a field of bytes, and its value is sent as text, digits and commas: "
                        + "bytes are written hex:0102ff, or in JSON as [1,2,255]"
                )
            }
            kind = .arguments(series)
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

    /// Whether the arguments say the message, which can be repeated.
    var isRepeatable: Bool { if case .arguments = kind { true } else { false } }

    /// The next message of those that the arguments say, which have no end; nil of input.
    mutating func repeated() throws(Ending) -> Parcel? {
        guard case .arguments(let series) = kind else { return nil }
        var parcel = try series.message(count)
        try enumerate(&parcel)
        return parcel
    }

    /// Gives a message its number.
    private mutating func enumerate(_ parcel: inout Parcel) throws(Ending) {
        defer { count += 1 }
        guard let number else { return }
        if count == 0, isRepeatable, case .fit(.message(let message)) = parcel.content {
            firstNumber = number.number(in: message) ?? 0
        }
        guard number.write(firstNumber &+ UInt64(count), into: &parcel) else {
            throw Ending(
                .doesNotFit,
                "message \(count + 1) has no \(SafeText.line(number.text)), which --number names",
                remedy: "Name the field of each kind of message that is sent: --number KIND.FIELD."
            )
        }
    }

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
        case .arguments:
            isDone = true
            return try repeated()
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
                let place = lines?.number ?? 0
                let name = lines?.input.name ?? ""
                envelope = Envelope()
                var parcel = try reader.message(line: line, envelope: &envelope, "\(name), line \(place)")
                try enumerate(&parcel)
                return parcel
            }
            return nil
        }
    }
}
