import ParleyText
import ParleyWire

/// Turns what users write into messages of a form.
struct MessageReader: Sendable {
    let form: Form
    /// The length that the messages say themselves is filled in where it is left out.
    var filling: LengthFilling?

    init(form: Form, framing: Framing? = nil) {
        self.form = form
        if case .layout(let compiled, _) = form {
            filling = LengthFilling(framing?.lengthField, in: compiled.layout)
        }
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
