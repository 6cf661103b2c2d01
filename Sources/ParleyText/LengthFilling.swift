package import ParleyWire

/// Fills in the field that says how long a message is, where whoever wrote the message has left it out; and a zero in
/// the field of its number, which is written later.
///
/// What is given explicitly stands, and is held against the message when it is sent.
package struct LengthFilling: Sendable {
    private let length: LengthField?
    private let places: [Place]
    /// Fields that are zero where they were left out.
    private var zeros: [Place] = []

    /// Where a field is in a message, or in one of several.
    package struct Place: Sendable {
        package var kind: String?
        package var path: [String]

        package init(kind: String?, path: [String]) {
            self.kind = kind
            self.path = path
        }
    }

    /// One that may have no length, with fields that are zero where they are left out.
    package init(_ filling: LengthFilling?, zeros: [Place]) {
        length = filling?.length
        places = filling?.places ?? []
        self.zeros = zeros
    }

    /// Nil where the number is no field of the layout that a value is given to.
    package init?(_ length: LengthField?, in layout: MessageLayout) {
        guard let length else { return nil }
        var places: [Place] = []
        if let path = Self.path(to: length, in: layout, at: 0) { places.append(Place(kind: nil, path: path)) }
        for variant in layout.variants?.cases ?? [] {
            guard let path = Self.path(to: length, in: variant.layout, at: 0) else { continue }
            places.append(Place(kind: variant.name, path: path))
        }
        guard !places.isEmpty else { return nil }
        self.length = length
        self.places = places
    }

    private static func path(to length: LengthField, in layout: MessageLayout, at base: Int) -> [String]? {
        for field in layout.fields where field.role == .value {
            let offset = base + field.offset
            switch field.type {
            case .integer(let integer) where offset == length.offset && integer.bytes == length.width:
                return [field.name]
            case .message(let inner):
                if let path = path(to: length, in: inner, at: offset) { return [field.name] + path }
            default: break
            }
        }
        return nil
    }

    /// Puts a number where the length was left out; false where it was not.
    func open(_ values: inout FieldValues) -> Bool {
        places.reduce(false) { found, place in
            Self.change(&values, place) { $0 == nil ? .unsigned(0) : $0 } || found
        }
    }

    /// Takes the length out: it is another message's.
    func close(_ values: inout FieldValues) {
        for place in places { _ = Self.change(&values, place) { _ in nil } }
    }

    private static func change(
        _ values: inout FieldValues,
        _ place: Place,
        _ change: (FieldValue?) -> FieldValue?
    ) -> Bool {
        guard let kind = place.kind else { return Self.change(&values, place.path[...], change) }
        guard case .message(var own)? = values[kind], Self.change(&own, place.path[...], change) else {
            return false
        }
        values[kind] = .message(own)
        return true
    }

    /// Whether anything is different afterwards.
    private static func change(
        _ values: inout FieldValues,
        _ path: ArraySlice<String>,
        _ change: (FieldValue?) -> FieldValue?
    ) -> Bool {
        let name = path[path.startIndex]
        let old = values[name]
        if path.count == 1 {
            let new = change(old)
            values[name] = new
            return new != old
        }
        var inner = FieldValues()
        if let old {
            guard case .message(let own) = old else { return false }
            inner = own
        }
        guard Self.change(&inner, path.dropFirst(), change) else { return false }
        values[name] = .message(inner)
        return true
    }

    /// The message with the number that it then has.
    func message(of values: FieldValues, as compiled: CompiledLayout) throws(WireError) -> DynamicMessage {
        var values = values
        for place in zeros { _ = Self.change(&values, place) { $0 ?? .unsigned(0) } }
        let isOpen = open(&values)
        let message = try DynamicMessage(as: compiled, values: values)
        guard let length, isOpen else { return message }
        var bytes = message.bytes
        let size = length.number(saying: bytes.count)
        guard let number = UInt64(exactly: size), number <= length.numberMax else {
            throw WireError(
                .outOfRange(value: "\(size)", minimum: "0", maximum: "\(length.numberMax)"),
                field: places[0].path.joined(separator: "."),
                offset: length.offset
            )
        }
        for index in 0..<length.width {
            let shift = 8 * (length.order == .big ? length.width - 1 - index : index)
            bytes[length.offset + index] = UInt8(truncatingIfNeeded: number >> UInt64(shift))
        }
        return unsafe try DynamicMessage(decoding: bytes.span.bytes, as: compiled)
    }
}
