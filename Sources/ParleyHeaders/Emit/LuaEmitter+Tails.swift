import ParleyWire

/// What varies: tails and variants.
extension LuaEmitter {
    mutating func walkTail(
        _ tail: TailType,
        _ access: String,
        _ what: String,
        _ body: inout Body,
        _ path: String,
        depth: Int
    ) throws(EmissionError) {
        guard case .items(let item) = tail.element else {
            let size =
                switch tail.count?.unit {
                case nil: "r:left()"
                case .messageBytes?: "r:counted(count - (r.at - first), \(what))"
                case .bytes?, .items?: "r:counted(count, \(what))"
                }
            body.walk.line("local size = \(size)")
            let type: FieldType = tail.element == .text ? .text(capacity: 1) : .bytes(count: 1)
            body.walk.line("if size > 0 then \(Self.adding(type, access, "r:take(size, \(what))")) end")
            return
        }
        var inner = Body()
        try walkValue(item, access, what, &inner, path, depth: depth + 1, label: ["index"])
        let lines = inner.walk.text.split(separator: "\n").map(String.init)
        if tail.count?.unit == .items {
            body.walk.line("r:counted(count * \(max(1, item.sizeMinimum)), \(what))")
            body.walk.line("for index = 0, count - 1 do")
            body.walk.indented { $0.lines(lines) }
            body.walk.line("end")
            return
        }
        if tail.count != nil {
            let count = tail.count?.unit == .messageBytes ? "count - (r.at - first)" : "count"
            body.walk.line("local stop = r.stop")
            body.walk.line("r.stop = r.at + r:counted(\(count), \(what))")
        }
        body.walk.line("local index = 0")
        body.walk.line("while r:left() > 0 do")
        body.walk.indented { source in
            if item.sizeMinimum == 0 { source.line("local before = r.at") }
            source.lines(lines)
            source.line("index = index + 1")
            if item.sizeMinimum == 0 { source.line("if r.at == before then break end") }
        }
        body.walk.line("end")
        if tail.count != nil { body.walk.line("r.stop = stop") }
    }

    /// What a tag tells apart.
    mutating func walk(
        _ variants: MessageLayout.Variants,
        _ body: inout Body,
        _ path: String,
        depth: Int
    ) throws(EmissionError) {
        let what = luaString(variants.tagName)
        let cases = variants.cases.map {
            EnumerationType.Case(name: $0.name, value: Int64(bitPattern: $0.tag))
        }
        let key = LuaEnumerationKey(
            name: path.asciiIdentifier + "_" + variants.tagName,
            cases: cases,
            isWide: variants.tag.bytes == 8
        )
        let type = FieldType.integer(variants.tag)
        switch variants.placement {
        case .before:
            let name = body.names.claim(variants.tagName.asciiIdentifier)
            let place = "path .. \(luaString("." + name)), \(what)"
            let names = try table(key, path).map { ", \($0)" } ?? ""
            let kind = Self.kind(variants.tag)
            body.fields.line("\(luaKey(name)) = register(ProtoField.\(kind)(\(place), base.DEC\(names))),")
            let take = "r:take(\(variants.tag.bytes), \(what))"
            body.walk.line(Self.adding(type, luaAccess("f", name), take))
        case .inside(let offset):
            body.walk.line("r:peek(\(offset), \(variants.tag.bytes), \(what))")
        }
        body.walk.line("local tag = \(Self.number(type, "r.range"))")
        for (index, variant) in variants.cases.enumerated() {
            guard variant.tag < 1 << 53 else {
                throw error(.missingType("number beyond 53 bits: Lua cannot compare \(variant.tag)"), path)
            }
            body.walk.line("\(index == 0 ? "if" : "elseif") tag == \(variant.tag) then")
            let function = try structure(variant.layout, path + "." + variant.name, depth: depth + 1)
            let name = body.names.claim(variant.name.asciiIdentifier)
            let place = "path .. \(luaString("." + name)), \(luaString(variant.name))"
            body.fields.line("\(luaKey(name)) = \(branch(function, place, name)),")
            body.walk.line("    r:branch(tree, \(luaAccess("f", name)), walk.\(function))")
        }
        guard !variants.cases.isEmpty else { return }
        body.walk.line("else")
        if variants.isOpen {
            let unknown = MessageLayout.Variants.unknownBytesName
            let name = body.names.claim(unknown)
            let place = "path .. \(luaString("." + name)), \(luaString(unknown))"
            body.fields.line("\(luaKey(name)) = register(ProtoField.bytes(\(place))),")
            let take = "r:take(r:left(), \(luaString(unknown)))"
            body.walk.line("    if r:left() > 0 then tree:add(\(luaAccess("f", name)), \(take)) end")
        } else {
            let known = variants.cases.map { String($0.tag) }.joined(separator: ", ")
            let sentence = luaString("\(variants.tagName) is none of \(known): ") + " .. tag"
            body.walk.line("    r:check(tree, false, \(sentence))")
            body.walk.line("    r.at = r.stop")
        }
        body.walk.line("end")
    }
}
