import ParleyWire

/// Fields that begin at bytes.
extension LuaEmitter {
    /// The maker and the walker of one field.
    mutating func walk(
        _ field: MessageLayout.Field,
        _ body: inout Body,
        _ path: String,
        depth: Int
    ) throws(EmissionError) {
        let path = path + "." + field.name
        let what = luaString(field.name)
        if field.role == .reserved || field.role == .padding {
            guard field.type.sizeMinimum > 0 else { return }
            let word = field.role == .padding ? "padding" : "reserved"
            body.walk.line("tree:add(r:take(\(field.type.sizeMinimum), \(what)), \"\(word)\")")
            return
        }
        let name = body.names.claim(field.name.asciiIdentifier)
        let maker = try maker(field.type, named: field.name, filter: name, path, depth: depth)
        body.fields.line("\(luaKey(name)) = \(maker),")
        let access = luaAccess("f", name)
        if case .tail(let tail) = field.type {
            try walkTail(tail, access, what, &body, path, depth: depth)
            return
        }
        try walkValue(field.type, access, what, &body, path, depth: depth, label: [])
        switch field.role {
        case .count: body.walk.line("local count = \(Self.number(field.type, "r.range"))")
        case .constant(let bits):
            let shown = luaString("\(field.name) is always \(field.type.shown(bits))")
            let condition = "tostring(r.range:bytes()) == \"\(Self.hex(bits, field.type))\""
            body.walk.line("r:check(tree, \(condition), \(shown))")
        default: break
        }
    }

    // MARK: Makers

    /// The expression that registers a field, or a branch and its fields.
    private mutating func maker(
        _ type: FieldType,
        named name: String,
        filter: String,
        _ path: String,
        depth: Int
    ) throws(EmissionError) -> String {
        let place = "path .. \(luaString("." + filter)), \(luaString(name))"
        switch type {
        case .integer(let integer):
            return "register(ProtoField.\(Self.kind(integer))(\(place), base.DEC))"
        case .float(let bytes, _):
            return "register(ProtoField.\(bytes == 4 ? "float" : "double")(\(place)))"
        case .bool: return "register(ProtoField.bool(\(place)))"
        case .enumeration(let enumeration):
            let table = try table(LuaEnumerationKey(enumeration), path)
            let names = table.map { ", \($0)" } ?? ""
            return "register(ProtoField.\(Self.kind(enumeration.integer))(\(place), base.DEC\(names)))"
        case .text: return "register(ProtoField.string(\(place)))"
        case .bytes: return "register(ProtoField.bytes(\(place)))"
        case .array(let element, _):
            return try maker(element, named: name, filter: filter, path, depth: depth + 1)
        case .tail(let tail):
            switch tail.element {
            case .text: return "register(ProtoField.string(\(place)))"
            case .bytes: return "register(ProtoField.bytes(\(place)))"
            case .items(let item):
                return try maker(item, named: name, filter: filter, path, depth: depth + 1)
            }
        case .message(let layout):
            return branch(try structure(layout, path, depth: depth + 1), place, filter)
        case .union(let union):
            return branch(try self.union(union, path, depth: depth + 1), place, filter)
        case .bits: throw error(.missingType("array of bits"), path)
        }
    }

    /// A branch of the tree: an item, and the fields below it.
    func branch(_ function: String, _ place: String, _ filter: String) -> String {
        "branch(\(place), fields.\(function)(path .. \(luaString("." + filter))))"
    }

    static func kind(_ integer: IntegerType) -> String {
        "\(integer.isSigned ? "" : "u")int\(8 * integer.bytes)"
    }

    // MARK: Walkers

    /// Adds a value of fixed place; arrays element by element.
    mutating func walkValue(
        _ type: FieldType,
        _ access: String,
        _ what: String,
        _ body: inout Body,
        _ path: String,
        depth: Int,
        label: [String]
    ) throws(EmissionError) {
        guard depth < emissionDepthMax else { throw error(.tooDeep(maximum: emissionDepthMax), path) }
        let shown =
            label.isEmpty ? "" : ", " + label.map { "\"[\" .. \($0) .. \"]\"" }.joined(separator: " .. ")
        switch type {
        case .array(let element, let count):
            guard count > 0 else { return }
            let index =
                Self.indexNames[min(label.count, Self.indexNames.count - 1)]
                + (label.count < Self.indexNames.count ? "" : "\(label.count)")
            body.walk.line("for \(index) = 0, \(count - 1) do")
            var inner = Body()
            try walkValue(element, access, what, &inner, path, depth: depth + 1, label: label + [index])
            body.walk.indented { $0.lines(inner.walk.text.split(separator: "\n").map(String.init)) }
            body.walk.line("end")
        case .message(let layout):
            let function = try structure(layout, path, depth: depth + 1)
            body.walk.line("r:branch(tree, \(access), walk.\(function)\(shown))")
        case .union(let union):
            let function = try self.union(union, path, depth: depth + 1)
            body.walk.line("r:branch(tree, \(access), walk.\(function)\(shown))")
        default:
            guard type.sizeMinimum > 0 else { return }
            let add = Self.adding(type, access, "r:take(\(type.sizeMinimum), \(what))")
            body.walk.line(label.isEmpty ? add : "mark(\(add)\(shown))")
            guard let law = try law(type, path) else { return }
            let name = path.split(separator: ".").last.map(String.init) ?? path
            let sentence = luaString("\(name) is \(law.otherwise)")
            body.walk.line("r:check(tree, \(law.condition), \(sentence))")
        }
    }

    private static let indexNames = ["i", "j", "k", "l", "n"]

    /// The condition that holds for legal values, and what is said of others; nil when all are legal.
    private mutating func law(
        _ type: FieldType,
        _ path: String
    ) throws(EmissionError) -> (condition: String, otherwise: String)? {
        switch type {
        case .bool: return ("r.range:uint() < 2", "neither 0 nor 1")
        case .enumeration(let enumeration) where !enumeration.isOpen:
            guard let table = try table(LuaEnumerationKey(enumeration), path) else { return nil }
            let key = Self.key(enumeration.integer, "r.range")
            return ("\(table)[\(key)] ~= nil", "no value of \(enumeration.name)")
        default: return nil
        }
    }

    /// `tree:add(f.math, …)`, little-endian numbers with `add_le`, text as UTF-8.
    static func adding(_ type: FieldType, _ access: String, _ range: String) -> String {
        if case .text = type { return "add_text(tree, \(access), \(range))" }
        if case .bytes = type { return "add_bytes(tree, \(access), \(range))" }
        return "tree:add\(isLittle(type) ? "_le" : "")(\(access), \(range))"
    }

    static func isLittle(_ type: FieldType) -> Bool {
        switch type {
        case .integer(let integer): integer.order == .little && integer.bytes > 1
        case .enumeration(let enumeration):
            enumeration.integer.order == .little && enumeration.integer.bytes > 1
        case .float(_, let order): order == .little
        default: false
        }
    }

    /// The expression for the number in a range, as Lua's number.
    static func number(_ type: FieldType, _ range: String) -> String {
        guard let integer = type.luaInteger else { return "\(range):uint()" }
        let little = isLittle(type) ? "le_" : ""
        if integer.bytes == 8 { return "\(range):\(little)uint64():tonumber()" }
        return "\(range):\(little)uint()"
    }

    /// The key under which a table of names has the number in a range.
    private static func key(_ integer: IntegerType, _ range: String) -> String {
        let number = number(.integer(integer), range)
        guard integer.isSigned, integer.bytes < 4 else { return number }
        return "\(range):\(integer.order == .little && integer.bytes > 1 ? "le_" : "")int() % 4294967296"
    }

    /// The bytes that a constant has on the wire, as Wireshark writes them.
    static func hex(_ bits: UInt64, _ type: FieldType) -> String {
        let count = type.sizeMinimum
        let bytes = (0..<count).map { index in
            UInt8(truncatingIfNeeded: bits >> UInt64(8 * (isLittle(type) ? index : count - 1 - index)))
        }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}

extension FieldType {
    /// The integer that holds the value.
    fileprivate var luaInteger: IntegerType? {
        switch self {
        case .integer(let integer): integer
        case .enumeration(let enumeration): enumeration.integer
        default: nil
        }
    }
}

extension LuaEnumerationKey {
    init(_ enumeration: EnumerationType) {
        name = enumeration.name
        cases = enumeration.cases
        isWide = enumeration.integer.bytes == 8
    }
}

/// A key in a table's constructor.
func luaKey(_ name: String) -> String { luaWords.contains(name) ? "[\"\(name)\"]" : name }

/// An element of a table.
func luaAccess(_ table: String, _ name: String) -> String {
    luaWords.contains(name) ? "\(table)[\"\(name)\"]" : "\(table).\(name)"
}
