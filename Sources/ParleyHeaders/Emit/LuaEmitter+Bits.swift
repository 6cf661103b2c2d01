import ParleyWire

/// Bit fields: Wireshark's masks, which also show the bits.
extension LuaEmitter {
    /// A run of bit fields that share bytes.
    mutating func walkBits(
        _ run: [MessageLayout.Field],
        _ body: inout Body,
        _ path: String
    ) throws(EmissionError) {
        guard let first = run.first, let last = run.last else { return }
        let size = last.offset + last.type.sizeMinimum - first.offset
        body.walk.line("local bits = r:take(\(size), \(luaString(first.name)))")
        for field in run {
            guard case .bits(let bits) = field.type, field.role != .padding, field.role != .reserved else {
                continue
            }
            let path = path + "." + field.name
            let name = body.names.claim(field.name.asciiIdentifier)
            let maker = try maker(bits, named: field.name, filter: name, path)
            body.fields.line("\(luaKey(name)) = \(maker),")
            let range = "bits(\(field.offset - first.offset), \(bits.bytesTouched))"
            let isLittle = bits.order == .little && bits.bytesTouched > 1
            if bits.isBeyondMasks {
                let value = "\(range):\(isLittle ? "le_" : "")\(bits.luaShifts)"
                body.walk.line("tree:add(\(luaAccess("f", name)), \(range), \(value))")
            } else {
                body.walk.line("tree:add\(isLittle ? "_le" : "")(\(luaAccess("f", name)), \(range))")
            }
            try law(field, bits, range, &body, path)
        }
    }

    private mutating func maker(
        _ bits: BitsType,
        named name: String,
        filter: String,
        _ path: String
    ) throws(EmissionError) -> String {
        let place = "path .. \(luaString("." + filter)), \(luaString(name))"
        let count = bits.bytesTouched
        guard count <= 8 else { throw error(.missingType("bit field that touches nine bytes"), path) }
        let ones = UInt64.max >> UInt64(64 - bits.width)
        let isPlain = bits.width == 8 * count || bits.isBeyondMasks
        let mask =
            isPlain ? "" : ", 0x" + String(ones << UInt64(bits.luaShift), radix: 16, uppercase: true)
        let unit = count <= 4 ? 8 * count : 64
        switch bits.kind {
        case .bool: return "register(ProtoField.bool(\(place), \(unit), nil\(mask)))"
        case .unsigned, .signed:
            let kind = "\(bits.isSigned ? "" : "u")int\(unit)"
            return "register(ProtoField.\(kind)(\(place), base.DEC\(mask.isEmpty ? "" : ", nil" + mask)))"
        case .enumeration(let enumeration, let cases, _):
            let kind = "\(bits.isSigned ? "" : "u")int\(unit)"
            let table = try table(.init(name: enumeration, cases: cases, isWide: unit == 64), path)
            return "register(ProtoField.\(kind)(\(place), base.DEC, \(table ?? "nil")\(mask)))"
        }
    }

    /// Counts, constants and closed enumerations need the number.
    private mutating func law(
        _ field: MessageLayout.Field,
        _ bits: BitsType,
        _ range: String,
        _ body: inout Body,
        _ path: String
    ) throws(EmissionError) {
        let isClosed = if case .enumeration = bits.kind { !bits.isOpen } else { false }
        var expected: UInt64?
        if case .constant(let value) = field.role { expected = value }
        guard field.role == .count || expected != nil || isClosed else { return }
        let count = bits.bytesTouched
        guard count <= 6 else { throw error(.missingType("number from more than six bytes of bits"), path) }
        needsBits = true
        let number = "bits_of(\(range), \(bits.order == .little), \(bits.luaShift), \(bits.width))"
        if field.role == .count { body.walk.line("local count = \(number)") }
        if let expected {
            let value = expected & (UInt64.max >> UInt64(64 - bits.width))
            let sentence = luaString("\(field.name) is always \(field.type.shown(expected))")
            body.walk.line("r:check(tree, \(number) == \(value), \(sentence))")
        } else if isClosed, case .enumeration(let name, let cases, _) = bits.kind {
            let values = Set(
                cases.map { UInt64(bitPattern: $0.value) & (UInt64.max >> UInt64(64 - bits.width)) }
            )
            let list = values.sorted().map { "[\($0)] = true" }.joined(separator: ", ")
            let sentence = luaString("\(field.name) is no value of \(name)")
            body.walk.line("r:check(tree, ({ \(list) })[\(number)], \(sentence))")
        }
    }
}

extension BitsType {
    /// How many bits stand below the lowest of the field in the bytes that it touches.
    fileprivate var luaShift: Int { order == .big ? 8 * bytesTouched - firstBit - width : firstBit }

    /// Whether a mask would need more than the 32 bits that Wireshark's Lua keeps of one.
    fileprivate var isBeyondMasks: Bool { bytesTouched > 4 && width != 8 * bytesTouched }

    /// The field's number out of the range's, as one of 64 bits: shifted up to the top, then down.
    fileprivate var luaShifts: String {
        let (up, down) = (64 - luaShift - width, 64 - width)
        return isSigned
            ? "int64():lshift(\(up)):arshift(\(down))" : "uint64():lshift(\(up)):rshift(\(down))"
    }
}
