import ParleyCore
import ParleyText
import ParleyTypes
import ParleyWire

/// `--number` and `--time`: the field that numbers messages, or says when they were sent, where it lies in each kind of
/// them.
///
/// It is an integer of 1, 2, 4 or 8 bytes at a fixed place, so that it can be read and written in the bytes of a
/// message whatever else it says.
struct NumberField: Sendable {
    /// As it was written: `h.seq`, or `hello.seq and data.seq`.
    let text: String
    /// Of a number.
    let bits: Int
    /// Where it lies.
    let numbering: MessageNumbering
    private let places: [Place]

    /// What the field was named for, which is what the errors speak of.
    enum Role: String {
        case number, time

        var option: String { "--\(rawValue)" }
    }

    private struct Place: Sendable {
        /// Nil for the messages of a layout that has only one kind, and for a field that stands before them.
        var kind: String?
        var path: [String]
        var integer: IntegerType
    }

    /// - Parameters:
    ///   - texts: a field that all messages have, or one of each kind.
    ///   - role: the option that names it.
    /// - Throws: a usage error that names the fields that are meant perhaps.
    init(_ texts: [String], in form: Form, as role: Role = .number) throws(Ending) {
        guard case .layout(let compiled, _) = form else {
            throw Ending(
                .usage,
                "\(role.option) needs a layout: it names a field of the messages",
                remedy: "Name one: --as proto.h:struct_name, or --as 'seq:u32 text:char[16]'."
            )
        }
        var places: [Place] = []
        for text in texts {
            for place in try Self.places(of: text, in: compiled.layout, role) {
                guard
                    !places.contains(where: { $0.kind == place.kind || $0.kind == nil || place.kind == nil })
                else {
                    throw Ending(
                        .usage,
                        "\(role.option) \(SafeText.line(text)): \(SafeText.line(place.kind ?? "every message")) has a "
                            + "\(role.rawValue) already",
                        remedy: "Name one field for each kind of message."
                    )
                }
                places.append(place)
            }
        }
        // What was looked at above the layout finds again.
        guard let numbering = (try? compiled.layout.numbered(by: texts))?.numbering else {
            throw Ending(
                .usage,
                "\(role.option) \(SafeText.line(Phrase.list(texts))): it has no fixed place in the messages",
                remedy: "Name a field in front of what varies in size."
            )
        }
        self.numbering = numbering
        self.places = places
        text = Phrase.list(texts)
        bits = 8 * (places.first?.integer.bytes ?? 4)
        if let other = places.first(where: { 8 * $0.integer.bytes != bits }), let first = places.first {
            throw Ending(
                .usage,
                "\(role.option): \(Self.name(first)) has \(bits) bits and \(Self.name(other)) "
                    + "\(8 * other.integer.bytes): they do not count together",
                remedy: "Name fields of one width, or one kind alone."
            )
        }
    }

    /// What fills the field with zero where it was left out.
    func filling(_ other: LengthFilling?) -> LengthFilling {
        LengthFilling(other, zeros: places.map { .init(kind: $0.kind, path: $0.path) })
    }

    /// The number that a message has; nil where it is of a kind without one.
    func number(in message: DynamicMessage) -> UInt64? {
        unsafe numbering.number(in: message.bytes.span.bytes)
    }

    /// Writes a number into the bytes of a message, in as many bits as it has there; false where it has none.
    func write(_ number: UInt64, into parcel: inout Parcel) -> Bool {
        guard let place = unsafe numbering.place(in: parcel.bytes.span.bytes) else { return false }
        place.write(number, into: &parcel.bytes)
        return true
    }

    // MARK: Places

    private static func name(_ place: Place) -> String {
        SafeText.line(([place.kind].compactMap { $0 } + place.path).joined(separator: "."))
    }

    private static func places(
        of text: String,
        in layout: MessageLayout,
        _ role: Role
    ) throws(Ending) -> [Place] {
        let path = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let first = path.first ?? ""
        let kinds = layout.variants?.cases ?? []
        if layout.field(first) == nil, !kinds.isEmpty {
            if let kind = kinds.first(where: { $0.name == first }), path.count > 1 {
                let rest = Array(path.dropFirst())
                return [try place(text, rest, of: kind.layout, kind: kind.name, all: layout, role)]
            }
            let having = kinds.filter { $0.layout.field(first) != nil }
            guard having.isEmpty || having.count == kinds.count else {
                let names = having.map { "\(role.option) \($0.name).\(text)" }.joined(separator: " ")
                throw Ending(
                    .usage,
                    "\(role.option) \(SafeText.line(text)): not all kinds of messages have it",
                    remedy: "Name those that have: \(SafeText.line(names))."
                )
            }
            if !having.isEmpty {
                var places: [Place] = []
                for kind in kinds {
                    places.append(try place(text, path, of: kind.layout, kind: kind.name, all: layout, role))
                }
                return places
            }
        }
        return [try place(text, path, of: layout, kind: nil, all: layout, role)]
    }

    private static func place(
        _ text: String,
        _ path: [String],
        of layout: MessageLayout,
        kind: String?,
        all: MessageLayout,
        _ role: Role
    ) throws(Ending) -> Place {
        var type = FieldType.message(layout)
        for name in path {
            guard case .message(let inner) = type, let field = inner.field(name),
                field.role != .reserved, field.role != .padding
            else { throw refusal(text, all, type, name, role) }
            guard field.role == .value else {
                throw Ending(
                    .usage,
                    "\(role.option) \(SafeText.line(text)): its value is no one's to choose: it is a constant, or "
                        + "counts what follows",
                    remedy: "Name a field that carries a value."
                )
            }
            type = field.type
        }
        guard case .integer(let integer) = type else {
            throw Ending(
                .usage,
                "\(role.option) \(SafeText.line(text)): a \(role.rawValue) is an integer of 1, 2, 4 or 8 bytes, and "
                    + "this is " + SafeText.line(type.name),
                remedy: FieldHint.question(for: text, in: all, among: paths(of: all))
            )
        }
        return Place(kind: kind, path: path, integer: integer)
    }

    private static func refusal(
        _ text: String,
        _ layout: MessageLayout,
        _ type: FieldType,
        _ name: String,
        _ role: Role
    ) -> Ending {
        if case .union = type {
            return Ending(
                .usage,
                "\(role.option) \(SafeText.line(text)): it lies in a union, whose bytes may mean something else",
                remedy: FieldHint.question(for: text, in: layout, among: paths(of: layout))
            )
        }
        return Ending(
            .usage,
            "\(role.option): \(SafeText.line(layout.title)) has no field \(SafeText.line(text))",
            remedy: FieldHint.question(for: text, in: layout, among: paths(of: layout))
        )
    }

    /// The fields that can be numbers: integers at a fixed place.
    static func paths(of layout: MessageLayout) -> [String] {
        var paths: [String] = []
        collect(layout, "", &paths)
        return paths
    }

    private static let pathsMax = 256

    private static func collect(_ layout: MessageLayout, _ start: String, _ paths: inout [String]) {
        for field in layout.fields where field.role == .value && paths.count < pathsMax {
            switch field.type {
            case .integer: paths.append(start + field.name)
            case .message(let inner): collect(inner, start + field.name + ".", &paths)
            default: break
            }
        }
        for variant in layout.variants?.cases ?? [] {
            collect(variant.layout, start + variant.name + ".", &paths)
        }
    }
}
