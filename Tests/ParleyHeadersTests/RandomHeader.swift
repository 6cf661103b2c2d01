import ParleyTypes

/// A random header: typedefs, enums, structs and unions that use each other. The same for the same seed.
struct RandomHeader {
    private(set) var text = "#include <stdint.h>\n#include <stdbool.h>\n#include <stddef.h>\n"
    /// The structs, each with the members that `offsetof` takes.
    private(set) var structs: [(name: String, members: [String], isFlexible: Bool)] = []
    private var random: SeededGenerator
    private var scalars = [
        "uint8_t", "int8_t", "uint16_t", "int16_t", "uint32_t", "int32_t", "uint64_t", "int64_t", "char",
        "signed char", "unsigned char", "short", "unsigned short int", "int", "unsigned", "long",
        "long unsigned int",
        "long long", "unsigned long long", "float", "double", "bool", "_Bool", "size_t", "int long signed",
        "const uint32_t", "volatile uint16_t", "long double",
    ]
    private var constants = [
        "3", "0x4", "(1 << 1)", "sizeof(uint64_t)", "sizeof(char[5]) - 2", "'\\2'", "7u % 4u",
    ]
    private var closedStructs: [String] = []

    init(seed: UInt64, count: Int) {
        random = SeededGenerator(seed: seed)
        for index in 0..<count {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: addTypedef(index)
            case 1: addEnum(index)
            case 2: addMacro(index)
            default: break
            }
            addStruct(index)
        }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick<Element>(_ items: [Element]) -> Element {
        items[Int.random(in: 0..<items.count, using: &random)]
    }

    private mutating func addTypedef(_ index: Int) {
        let aligned = chance(20) ? " __attribute__((aligned(\(pick([1, 2, 4, 8, 16])))))" : ""
        // An array's elements must not be smaller than their alignment, so aligned types are used plain.
        text +=
            "typedef \(pick(scalars)) type\(index)\(chance(30) && aligned.isEmpty ? "[\(pick(constants))]" : "")\(aligned);\n"
        if aligned.isEmpty { scalars.append("type\(index)") } else { alignedTypes.append("type\(index)") }
    }

    private var alignedTypes: [String] = []

    private mutating func addEnum(_ index: Int) {
        let values = [
            "", " = \(pick(constants))", " = -1", " = 0x7fffffff", " = 4000000000u", " = 0x100000000",
            " = -2147483649LL",
        ]
        let packed = chance(20) ? " __attribute__((packed))" : ""
        text += "enum enum\(index) { A\(index)\(pick(values)), B\(index) = 2, C\(index) } \(packed);\n"
        scalars.append("enum enum\(index)")
        constants.append("C\(index)")
    }

    private mutating func addMacro(_ index: Int) {
        text += "#define SIZE\(index) (\(pick(constants)) + \(Int.random(in: 0..<4, using: &random)))\n"
        text += "#define TWICE\(index)(x) ((x) * SIZE\(index) / 1)\n"
        constants.append(chance(50) ? "SIZE\(index)" : "TWICE\(index)(1)")
    }

    private mutating func addStruct(_ index: Int) {
        let pack = chance(15)
        if pack { text += "#pragma pack(push, \(pick([1, 2, 4, 8, 16])))\n" }
        var members: [String] = []
        let isTypedef = chance(30)
        let kind = chance(8) ? "union" : "struct"
        let attribute = pick([
            "", "", "", "", "__attribute__((packed))", "__attribute__ ((__packed__))",
            "__attribute__((packed))",
            "__attribute__((packed, aligned(4)))", "__attribute__((aligned(16)))",
        ])
        let isBefore = chance(30)
        text +=
            "\(isTypedef ? "typedef " : "")\(kind)\(isBefore ? " \(attribute)" : "") s\(index)\(isTypedef ? "_tag" : "") {\n"
        var counter = 0
        for _ in 0..<Int.random(in: 1...8, using: &random) { addMember(&members, &counter, depth: 0) }
        let isFlexible = kind == "struct" && chance(10)
        if isFlexible {
            text +=
                "    \(pick(["char", "uint8_t", "uint32_t", "double"])) m\(counter)[\(pick(["", "0"]))];\n"
            members.append("m\(counter)")
        }
        text += "}\(isBefore ? "" : " \(attribute)")\(isTypedef ? " s\(index)" : "");\n"
        if pack { text += "#pragma pack(pop)\n" }
        let name = isTypedef ? "s\(index)" : "\(kind) s\(index)"
        structs.append((name, members, isFlexible))
        if !isFlexible { closedStructs.append(name) }
    }

    private mutating func addMember(_ members: inout [String], _ counter: inout Int, depth: Int) {
        let name = "m\(counter)"
        counter += 1
        if depth < 2, chance(6) {
            // Anonymous: its members belong to the struct around it.
            text += "\(pick(["struct", "struct", "union"])) {\n"
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                addMember(&members, &counter, depth: depth + 1)
            }
            text += "}\(pick(["", " __attribute__((packed))"]));\n"
            return
        }
        var type = pick(scalars)
        if chance(15), !closedStructs.isEmpty { type = pick(closedStructs) }
        if chance(5) { type = "\(type) *" }
        var dimensions = ""
        if chance(25) { dimensions = "[\(pick(constants))]" }
        if !dimensions.isEmpty, chance(25) { dimensions += "[\(pick(constants))]" }
        if chance(6), let aligned = alignedTypes.last {
            type = aligned
            dimensions = ""
        }
        let attribute =
            chance(8)
            ? pick([
                " __attribute__((packed))", " __attribute__((aligned(8)))", " __attribute__((aligned))",
                " __attribute__((packed, aligned(2)))",
            ]) : ""
        text += "    \(type) \(name)\(dimensions)\(attribute);\n"
        members.append(name)
    }
}
