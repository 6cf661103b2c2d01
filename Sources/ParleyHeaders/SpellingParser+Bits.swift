import ParleyWire

/// Bits in the short spelling: `version:u4 ihl:u4`. A run of them fills whole bytes.
extension SpellingParser {
    /// `u4`, `i12`, `bit`: widths that are no whole machine integer.
    ///
    /// Unless they say otherwise they stand as in the pictures of RFCs, whatever the order of numbers is.
    func bits(_ name: String) -> FieldType? {
        let order = saidOrder ?? (bitsTaken == 0 ? .big : runOrder)
        if name == "bit" { return .bits(BitsType(width: 1, order: order, kind: .bool)) }
        guard let first = name.first, first == "u" || first == "i", name.count <= 3,
            name.dropFirst().first != "0", let width = Int(name.dropFirst()), 1...64 ~= width
        else { return nil }
        return .bits(BitsType(width: width, order: order, kind: first == "i" ? .signed : .unsigned))
    }

    /// The field as it is at this place: integers that begin inside of a byte are bits too (IPv6's traffic
    /// class). What is no bits begins at a border between bytes.
    mutating func fitted(_ field: MessageLayout.Field, _ start: Int) throws(HeaderError)
        -> MessageLayout.Field
    {
        var field = field
        if bitsTaken > 0, case .integer(let integer) = field.type {
            let kind: BitsType.Kind = integer.isSigned ? .signed : .unsigned
            let order = saidOrder ?? runOrder
            field.type = .bits(BitsType(width: 8 * integer.bytes, order: order, kind: kind))
        }
        guard case .bits(let bits) = field.type else {
            try checkBorder(before: field.name, at: start)
            return field
        }
        guard bitsTaken == 0 || bits.order == runOrder else {
            throw expected("bits in the order of those before, which share a byte", at: start, to: position)
        }
        runOrder = bits.order
        bitsTaken = (bitsTaken + bits.width) % 8
        return field
    }

    /// Nothing but bits begins inside of a byte.
    func checkBorder(before name: String?, at start: Int) throws(HeaderError) {
        guard bitsTaken > 0 else { return }
        let missing = 8 - bitsTaken
        let order = runOrder == .little ? "le" : ""
        throw error(
            .expected(
                missing == 1 ? "1 more bit to fill the byte" : "\(missing) more bits to fill the byte",
                found: name.map { "\u{201C}\($0)\u{201D}" } ?? "the end"
            ),
            at: start,
            to: name == nil ? nil : position,
            hint: "reserve what is left: _:u\(missing)\(order)"
        )
    }
}

extension FieldType {
    /// Whether the values are plain integers, in bytes or in bits.
    var isInteger: Bool {
        switch self {
        case .integer: true
        case .bits(let bits): bits.kind == .unsigned || bits.kind == .signed
        default: false
        }
    }
}
