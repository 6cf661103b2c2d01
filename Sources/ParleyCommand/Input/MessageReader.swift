import ParleyText
import ParleyTypes
import ParleyWire

/// Turns what users write into messages of a form.
struct MessageReader: Sendable {
    let form: Form
    /// The length that the messages say themselves is filled in where it is left out, and their number.
    var filling: LengthFilling?
    private let suggestsFraming: Bool

    /// - Parameter suggestsFraming: whether an error may say that `--framing` fills in a length.
    init(form: Form, framing: Framing? = nil, number: NumberField? = nil, suggestsFraming: Bool = false) {
        self.form = form
        self.suggestsFraming = suggestsFraming
        if case .layout(let compiled, _) = form {
            filling = LengthFilling(framing?.lengthField, in: compiled.layout)
            if let number { filling = number.filling(filling) }
        }
    }

    /// An error of what was written; a length that is missing need not be given.
    private func ending(_ error: MessageTextError) -> Ending {
        var ending = Ending(error)
        guard suggestsFraming, case .field(let wire, _) = error, case .missingField = wire.reason,
            case .layout(let compiled, _) = form,
            let path = LengthWords.guess(wire.field, in: compiled.layout)
        else { return ending }
        ending.remedy =
            "If it says how long the message is, --framing length:\(SafeText.line(path)) fills it in."
        return ending
    }

    /// The one message of the arguments.
    func message(arguments: [String]) throws(Ending) -> Parcel {
        switch form {
        case .layout(let compiled, _):
            do throws(MessageTextError) {
                if let first = arguments.first, first.hasPrefix("{"), arguments.count == 1 {
                    var envelope = Envelope()
                    return try message(json: Array(first.utf8), compiled, envelope: &envelope)
                }
                return Parcel(
                    try DynamicMessage(
                        assignments: arguments,
                        as: compiled,
                        load: Self.load,
                        filling: filling
                    )
                )
            } catch {
                throw ending(error)
            }
        default:
            return try message(line: Array(arguments.joined(separator: " ").utf8), "the arguments")
        }
    }

    /// The messages of the arguments, one for each number and time where they have placeholders.
    func series(arguments: [String]) throws(Ending) -> ArgumentSeries {
        do {
            switch form {
            case .layout(let compiled, _):
                // JSON is data that something else has made: nothing in it is a placeholder.
                if let first = arguments.first, first.hasPrefix("{"), arguments.count == 1 { break }
                let series = try MessageSeries(arguments, as: compiled, load: Self.load, filling: filling)
                if !series.isFixed { return try ArgumentSeries(series) }
                return .fixed(
                    try message(arguments: arguments),
                    strangers: series.strangers,
                    lists: series.lists
                )
            case .text, .lines, .automatic:
                let series = try TextSeries(arguments.joined(separator: " "))
                if !series.isPlain { return .text(series) }
                return .fixed(try message(arguments: arguments), strangers: series.strangers, lists: [])
            case .hex, .raw, .json: break
            }
            return .fixed(try message(arguments: arguments), strangers: [], lists: [])
        } catch let error as MessageTextError {
            throw ending(error)
        } catch {
            throw Ending(error)
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
            var ending = self.ending(error)
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
        return Parcel(try DynamicMessage(json: value, as: compiled, filling: filling))
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
