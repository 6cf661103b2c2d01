import ParleyText
import ParleyTypes
import ParleyWire

/// `--framing length:…`: a field of the messages that says how long each is.
///
///     length:n                               the field n of the layout
///     length:header.size,counts=frame        the field size of the field header
///     length:offset=8,width=1                the byte 8
///     length:offset=4,width=2,order=little,counts=rest,plus=8,max=65536
struct LengthWords {
    private let text: String
    private var offset = 0
    private var width: Int?
    private var order = ByteOrder.big
    private var scope = LengthField.Scope.rest
    private var plus = 0
    private var messageBytesMax = 16 << 20
    /// In which the field is looked for.
    private var whole: MessageLayout?

    static let grammar = """
        Write --framing length:FIELD, or length:offset=8,width=1; then perhaps ,order=little ,counts=frame (the whole \
        message; rest is what follows the field) ,plus=N (bytes that it leaves out) ,max=N.
        """

    init(_ text: String, _ form: Form?) throws(Ending) {
        self.text = text
        var words = text.split(separator: ",", omittingEmptySubsequences: false)[...]
        var named = false
        if text.isEmpty { throw refusal("which field?") }
        if let first = words.first, !first.contains("=") {
            words = words.dropFirst()
            try take(field: String(first), form)
            named = true
        }
        for word in words { try take(word, named: named) }
    }

    private mutating func take(_ word: Substring, named: Bool) throws(Ending) {
        let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { throw refusal("\(Self.quoted(word)) is no name=value") }
        let value = pair[1]
        switch pair[0] {
        case "offset", "width", "order":
            guard !named else { throw refusal("a field of the layout brings its own \(pair[0])") }
            if pair[0] == "offset" { offset = try number(word, in: 0...LengthField.offsetMax) }
            if pair[0] == "width" {
                width = try number(word, in: 1...8)
                guard [1, 2, 4, 8].contains(width) else { throw refusal("a length has 1, 2, 4 or 8 bytes") }
            }
            if pair[0] == "order" {
                guard let order = ByteOrder(rawValue: String(value)) else {
                    throw refusal("\(Self.quoted(word)): an order is big or little")
                }
                self.order = order
            }
        case "counts":
            guard let scope = LengthField.Scope(rawValue: String(value)) else {
                throw refusal("\(Self.quoted(word)): a length counts frame or rest")
            }
            self.scope = scope
        case "plus": plus = try number(word, in: -LengthField.plusMax...LengthField.plusMax)
        case "max": messageBytesMax = try number(word, in: 1...(1 << 30))
        default: throw refusal("\(Self.quoted(word)): there is no such word")
        }
    }

    /// A field by its name in the layout, and by its path where messages nest.
    private mutating func take(field path: String, _ form: Form?) throws(Ending) {
        guard case .layout(let compiled, _)? = form else {
            throw refusal("a field has a name only in a layout (--as); else say offset= and width=")
        }
        whole = compiled.layout
        let place = try place(of: path, in: compiled.layout)
        guard place.offset <= LengthField.offsetMax else {
            throw refusal(
                "\(Self.quoted(path)) lies at byte \(place.offset), beyond \(LengthField.offsetMax)"
            )
        }
        offset = place.offset
        width = place.integer.bytes
        order = place.integer.order
    }

    /// A field of a message whose name says that it is a length, as `--framing length:` names it.
    static func guess(_ path: String, in layout: MessageLayout) -> String? {
        let word = (path.split(separator: ".").last ?? "").lowercased()
        guard ["len", "size", "bytes"].contains(where: word.contains) else { return nil }
        guard NumberField.paths(of: layout).contains(path) else { return nil }
        let name = path.prefix { $0 != "." }
        let isKind =
            layout.field(String(name)) == nil && layout.variants?.cases.contains { $0.name == name } ?? false
        let rest = isKind ? String(path.dropFirst(name.count + 1)) : path
        // Of several messages all must have it there.
        return (try? LengthWords(rest, .layout(CompiledLayout(layout), TextPolicy())).framing()) == nil
            ? nil : rest
    }

    private struct Place: Equatable {
        var offset: Int
        var integer: IntegerType

        /// `byte 3, 4 bytes in big order`
        var text: String {
            "byte \(offset), \(plural(integer.bytes, "byte")) in \(integer.order.rawValue) order"
        }
    }

    /// Where the field lies; of several messages it must lie in all of them at one place.
    private func place(of path: String, in layout: MessageLayout) throws(Ending) -> Place {
        let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)[...]
        guard layout.field(names.first ?? "") == nil, let kinds = layout.variants?.cases, !kinds.isEmpty
        else {
            return try place(of: names, path, in: layout)
        }
        let lacking = kinds.filter { !Self.has(names, $0.layout) }.map(\.name)
        guard lacking.count < kinds.count else { return try place(of: names, path, in: kinds[0].layout) }
        guard lacking.isEmpty else {
            throw refusal(
                "\(Self.quoted(path)) is no field of \(SafeText.line(lacking.joined(separator: ", "))): name one that "
                    + "all kinds have, or say where the length stands, offset=4,width=4"
            )
        }
        let first = try place(of: names, path, in: kinds[0].layout)
        for kind in kinds.dropFirst() {
            let other = try place(of: names, path, in: kind.layout)
            guard other != first else { continue }
            throw refusal(
                "\(Self.quoted(path)) is not at one place: \(first.text) in \(SafeText.line(kinds[0].name)), "
                    + "\(other.text) in \(SafeText.line(kind.name))"
            )
        }
        return first
    }

    private static func has(_ names: ArraySlice<String>, _ layout: MessageLayout) -> Bool {
        guard let name = names.first, let field = layout.field(name) else { return false }
        guard names.count > 1 else { return true }
        guard case .message(let inner) = field.type else { return false }
        return has(names.dropFirst(), inner)
    }

    private func place(of names: ArraySlice<String>, _ path: String, in layout: MessageLayout) throws(Ending)
        -> Place
    {
        let name = names.first ?? ""
        guard let field = layout.field(name) else {
            let paths = NumberField.paths(of: whole ?? layout)
            var ending = refusal(
                "\(Self.quoted(path)) is no field of \(SafeText.line((whole ?? layout).title))"
            )
            let hint = FieldHint.question(for: path, in: whole ?? layout, among: paths)
            ending.remedy = hint + " " + Self.grammar
            throw ending
        }
        switch field.type {
        case .message(let inner) where names.count > 1:
            var place = try place(of: names.dropFirst(), path, in: inner)
            place.offset += field.offset
            return place
        case .integer(let integer) where names.count == 1:
            return Place(offset: field.offset, integer: integer)
        default:
            throw refusal(
                "\(Self.quoted(path)) is no whole number: a length is an integer of 1, 2, 4 or 8 bytes"
            )
        }
    }

    func framing() throws(Ending) -> Framing {
        guard let width else { throw refusal("the length has no width") }
        guard offset + width <= messageBytesMax else {
            throw refusal("a message of \(messageBytesMax) bytes has no room for its length")
        }
        return .lengthField(
            offset: offset,
            width: width,
            order: order,
            counts: scope,
            plus: plus,
            messageBytesMax: messageBytesMax
        )
    }

    private func number(_ word: Substring, in range: ClosedRange<Int>) throws(Ending) -> Int {
        let text = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)[1]
        guard let number = Int(text), range.contains(number) else {
            throw refusal(
                "\(Self.quoted(word)): a number from \(range.lowerBound) to \(range.upperBound) is meant"
            )
        }
        return number
    }

    private func refusal(_ cause: String) -> Ending {
        Ending(.usage, "--framing length:\(SafeText.line(text)): \(cause)", remedy: Self.grammar)
    }

    private static func quoted(_ word: some StringProtocol) -> String { SafeText.line(String(word)) }
}
