import ParleyText
import ParleyWire

/// Turns what users write into messages of a form.
struct MessageReader: Sendable {
    let form: Form

    /// The one message of the arguments.
    func message(arguments: [String]) throws(Ending) -> Parcel {
        switch form {
        case .layout(let compiled, _):
            do throws(MessageTextError) {
                if let first = arguments.first, first.hasPrefix("{"), arguments.count == 1 {
                    var envelope = Envelope()
                    return try message(json: Array(first.utf8), compiled, envelope: &envelope)
                }
                return Parcel(try DynamicMessage(assignments: arguments, as: compiled, load: Self.load))
            } catch {
                throw Ending(error)
            }
        default:
            return try message(line: Array(arguments.joined(separator: " ").utf8), "the arguments")
        }
    }

    /// The message of one line of input.
    func message(line: [UInt8], _ place: @autoclosure () -> String) throws(Ending) -> Parcel {
        var envelope = Envelope()
        return try message(line: line, envelope: &envelope, place())
    }

    /// The message of one line of input, and what the line says about it.
    func message(
        line: [UInt8],
        envelope: inout Envelope,
        _ place: @autoclosure () -> String
    ) throws(Ending) -> Parcel {
        do throws(MessageTextError) {
            switch form {
            case .layout(let compiled, _):
                return try message(json: line, compiled, envelope: &envelope)
            case .json:
                let value: JSONValue
                do throws(JSONError) { value = try JSONValue(parsing: line) } catch { throw .json(error) }
                return Parcel(.fit(.json(value)), bytes: Array("\(value)".utf8))
            case .hex:
                do throws(HexError) {
                    return Parcel(bytes: try HexInput.parse(String(decoding: line, as: UTF8.self)))
                } catch {
                    throw .hex(error, field: "hex")
                }
            case .text, .lines, .automatic, .raw:
                return Parcel(bytes: line)
            }
        } catch {
            var ending = Ending(error)
            ending.message = place() + ": " + (ending.message ?? "")
            throw ending
        }
    }

    /// The fields of an object; of a line that `--json` printed, its `fields`.
    private func message(
        json: [UInt8],
        _ compiled: CompiledLayout,
        envelope: inout Envelope
    ) throws(MessageTextError) -> Parcel {
        var value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: json) } catch { throw .json(error) }
        if compiled.layout.field("schema") == nil, value["schema"] != nil, let fields = value["fields"] {
            envelope = Envelope(value)
            value = fields
        }
        return Parcel(try DynamicMessage(json: value, as: compiled))
    }

    /// A file for a field.
    static func load(_ path: String) throws(FileFailure) -> [UInt8] {
        do throws(Ending) {
            return try Files.read(path)
        } catch {
            var reason = error.message ?? ""
            if reason.hasPrefix(path + ": ") { reason.removeFirst(path.count + 2) }
            throw FileFailure(reason: reason)
        }
    }
}

/// The messages to send, one after another: of the arguments, of a file, of standard input.
struct MessageSource {
    private let reader: MessageReader
    private let kind: Kind
    private var lines: LineReader?
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
    }

    /// - Parameter arguments: assignments or text; none or `-` is standard input, `@path` a file.
    init(_ arguments: [String], form: Form, isStream: Bool) throws(Ending) {
        reader = MessageReader(form: form)
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
        switch form {
        case .raw, .text: kind = .input(input)
        default:
            kind = .lines
            lines = LineReader(input)
        }
        isDone = input.isForbidden
    }

    /// The one message that the arguments say, which can be repeated.
    var fixed: Parcel? { if case .arguments(let parcel) = kind { parcel } else { nil } }

    /// Whether somebody types it: then nobody knows whether more will come.
    var isTyped: Bool {
        switch kind {
        case .arguments: false
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
