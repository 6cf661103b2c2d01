extension RandomHeader {
    /// - Parameter takesBits: whether bit fields may stand here.
    mutating func addMember(
        _ structure: inout Structure,
        _ counter: inout Int,
        depth: Int,
        _ takesBits: Bool
    ) {
        if features.bitFields, takesBits, chance(35) {
            return addBitField(&structure, &counter, depth: depth)
        }
        if depth < 2, chance(6) { return addAnonymous(&structure, &counter, depth: depth) }
        let name = "m\(counter)"
        counter += 1
        if depth == 0 { structure.direct.append(name) }
        structure.members.append(name)
        if depth < 2, chance(5) {
            // A struct of its own without a tag: its members are not the outer's.
            var inner = Structure(name: "", tag: "")
            let kind = pick(["struct", "union"])
            text += "\(kind) {\n"
            var count = 0
            let takesBits = features.wide || kind == "struct"
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                addMember(&inner, &count, depth: depth + 1, takesBits)
            }
            text += "} \(name)\(pick(["", "[2]"]));\n"
            structure.bytes += 2 * inner.bytes
            return
        }
        var type = pick(scalars)
        var bytes = 16
        let nested = pick([16, 64, 300])
        let fitting = closedStructs.filter { $0.bytes <= nested * 16 }
        if chance(15), let chosen = fitting.randomElement(using: &random) {
            type = chosen.name
            bytes = chosen.bytes
        }
        if chance(5) { type = "\(type) *" }
        var dimensions = ""
        if chance(25), bytes <= 300 {
            dimensions = "[\(pick(constants))]"
            bytes *= 16
            if chance(25), bytes <= 16 * 16 {
                dimensions += "[\(pick(["1", "2", "3"]))]"
                bytes *= 3
            }
        }
        var attribute = chance(8) ? memberAttribute() : ""
        if chance(6), let aligned = alignedTypes.last {
            type = aligned
            dimensions = ""
        } else if features.packing, chance(4) {
            type = "_Alignas(\(pick(["16", "32", "8"]))) uint8_t"
            attribute = ""
        }
        text += "    \(type) \(name)\(dimensions)\(attribute);\n"
        structure.bytes += bytes + 16
    }

    private mutating func memberAttribute() -> String {
        guard features.packing else { return "" }
        return pick([
            " __attribute__((packed))", " __attribute__((aligned(8)))",
            features.disputed ? " __attribute__((aligned))" : " __attribute__((aligned(4)))",
            " __attribute__((packed, aligned(2)))",
        ])
    }

    /// Its members belong to the struct around it.
    private mutating func addAnonymous(_ structure: inout Structure, _ counter: inout Int, depth: Int) {
        let kind = pick(["struct", "struct", "union"])
        text += "\(kind) {\n"
        if depth == 0 { structure.direct.append(nil) }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            addMember(&structure, &counter, depth: depth + 1, features.wide || kind == "struct")
        }
        text += "}\(pick(["", features.packing ? " __attribute__((packed))" : ""]));\n"
    }

    private mutating func addBitField(_ structure: inout Structure, _ counter: inout Int, depth: Int) {
        var (type, most) = pick(bitTypes)
        if features.disputed, chance(4), let aligned = alignedTypes.last { (type, most) = (aligned, 8) }
        structure.bytes += 16
        let isFirst = depth > 0 || structure.direct.isEmpty
        if chance(15), features.wide || !isFirst {
            if depth == 0 { structure.direct.append(nil) }
            let width = chance(50) ? 0 : Int.random(in: 1...most, using: &random)
            text += "    \(type) : \(width);\n"
            return
        }
        let name = "m\(counter)"
        counter += 1
        if depth == 0 { structure.direct.append(name) }
        structure.bitFields.append(name)
        let width = chance(25) ? pick([most, (most + 1) / 2]) : Int.random(in: 1...most, using: &random)
        var attribute = ""
        if chance(6) {
            let packed = features.packing ? " __attribute__((packed))" : ""
            attribute = features.disputed ? memberAttribute() : packed
        }
        text += "    \(type) \(name) : \(width)\(attribute);\n"
    }
}
