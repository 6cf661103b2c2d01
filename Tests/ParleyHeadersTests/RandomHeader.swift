import ParleyTypes

/// A random header: typedefs, enums, structs and unions that use each other. The same for the same seed.
struct RandomHeader {
    var text = "#include <stdint.h>\n#include <stdbool.h>\n#include <stddef.h>\n"
    /// The structs, in order.
    private(set) var structs: [Structure] = []
    let features: Features
    var random: SeededGenerator
    var scalars = [
        "uint8_t", "int8_t", "uint16_t", "int16_t", "uint32_t", "int32_t", "uint64_t", "int64_t", "char",
        "signed char", "unsigned char", "short", "unsigned short int", "int", "unsigned", "long",
        "long unsigned int", "long long", "unsigned long long", "float", "double", "bool", "_Bool", "size_t",
        "int long signed", "const uint32_t", "volatile uint16_t", "_Complex float", "__typeof__(short)",
    ]
    /// Types that bit fields may have, with the bits that fit for certain.
    var bitTypes: [(name: String, bits: Int)] = [
        ("uint8_t", 8), ("int8_t", 8), ("char", 8), ("unsigned char", 8), ("uint16_t", 16), ("short", 16),
        ("int", 16), ("unsigned", 16), ("uint32_t", 32), ("int32_t", 32), ("long", 32), ("uint64_t", 64),
        ("long long", 64), ("unsigned long long", 64), ("bool", 1), ("_Bool", 1), ("unsigned int", 16),
        ("uint32_t", 32), ("unsigned", 16), ("uint8_t", 8),
    ]
    var constants = [
        "3", "0x4", "(1 << 1)", "sizeof(uint64_t)", "sizeof(char[5]) - 2", "'\\2'", "7u % 4u",
    ]
    /// What members may be of, with a bound on their bytes: arrays of large ones would not fit small machines.
    private(set) var closedStructs: [(name: String, bytes: Int)] = []
    var alignedTypes: [String] = []

    /// A struct or union of the header.
    struct Structure {
        var name: String
        /// The tag as a compiler's dump of layouts names it: `struct s3_tag`.
        var tag: String
        /// What stands between its braces, in order; nil for what has no name.
        var direct: [String?] = []
        /// The members that `offsetof` takes, those of anonymous structs among them.
        var members: [String] = []
        /// The bit fields.
        var bitFields: [String] = []
        var isFlexible = false
        /// A bound on its bytes.
        var bytes = 32
        /// Whether it holds a const member, so that nothing is assigned to it.
        var isUnion = false
    }

    /// What only some compilers know, or on which they disagree.
    struct Features {
        /// `scalar_storage_order`, of GCC since 6.
        var storageOrder = false
        var int128 = false
        /// Combinations that GCC and clang lay out differently, see docs/abi.md.
        var disputed = true
        var atomic = true
        /// `_Atomic(long long)`, whose place in structs follows GCC's inner workings on i386.
        var atomic64 = true
        /// Bit fields at all.
        var bitFields = true
        /// Attributes and pragmas that pack or align.
        var packing = true
        /// What MinGW lays out unlike Microsoft: `long double`, enums beyond int, bit fields in unions, structs
        /// without a named member.
        var wide = true
    }

    init(seed: UInt64, count: Int, features: Features = Features()) {
        self.features = features
        random = SeededGenerator(seed: seed)
        if features.wide { scalars.append("long double") }
        if features.int128 { scalars += ["__int128", "unsigned __int128"] }
        if features.atomic { scalars += ["_Atomic uint32_t", "_Atomic short"] }
        if features.atomic, features.atomic64 { scalars.append("_Atomic(long long)") }
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

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func pick<Element>(_ items: [Element]) -> Element {
        items[Int.random(in: 0..<items.count, using: &random)]
    }

    private mutating func addTypedef(_ index: Int) {
        if features.bitFields, chance(20) {
            let base = pick(["uint8_t", "uint16_t", "uint32_t", "uint64_t"])
            let bits = base.filter(\.isNumber)
            text += "typedef \(base) type\(index);\n"
            bitTypes.append(("type\(index)", Int(bits) ?? 8))
            return
        }
        if chance(15) {
            let sign = pick(["", "unsigned "])
            text +=
                "typedef \(sign)int type\(index) __attribute__((mode(\(pick(["QI", "HI", "SI", "DI"])))));\n"
            return scalars.append("type\(index)")
        }
        let aligned =
            features.packing && chance(20) ? " __attribute__((aligned(\(pick([1, 2, 4, 8, 16])))))" : ""
        // An array's elements must not be smaller than their alignment, so aligned types are used plain.
        let dimension = chance(30) && aligned.isEmpty ? "[\(pick(constants))]" : ""
        let base =
            aligned.isEmpty ? pick(scalars) : pick(["uint8_t", "short", "uint32_t", "long long", "int"])
        text += "typedef \(base) type\(index)\(dimension)\(aligned);\n"
        if !aligned.isEmpty {
            alignedTypes.append("type\(index)")
        } else if dimension.isEmpty {
            scalars.append("type\(index)")
        } else {
            closedStructs.append(("type\(index)", 16 * 16))
        }
    }

    private mutating func addEnum(_ index: Int) {
        let values = [
            "", " = \(pick(constants))", " = -1", " = 0x7fffffff", " = 4000000000u", " = 0x100000000",
            " = -2147483649LL", " = 0xFFFFFF", " = 200", " = -129",
        ].filter { features.wide || $0.count < 13 && !$0.contains("u") }
        let packed = features.packing && chance(25) ? " __attribute__((packed))" : ""
        text += "enum enum\(index) { A\(index)\(pick(values)), B\(index) = 2, C\(index) } \(packed);\n"
        scalars.append("enum enum\(index)")
        bitTypes.append(("enum enum\(index)", 8))
        constants.append("C\(index)")
    }

    private mutating func addMacro(_ index: Int) {
        text += "#define SIZE\(index) (\(pick(constants)) + \(Int.random(in: 0..<2, using: &random)))\n"
        text += "#define TWICE\(index)(x) ((x) * SIZE\(index) / 1)\n"
        constants.append(chance(50) ? "SIZE\(index)" : "TWICE\(index)(1)")
    }

    private mutating func addStruct(_ index: Int) {
        let pack = features.packing && chance(15)
        if pack { text += "#pragma pack(push, \(pick([1, 2, 4, 8, 16])))\n" }
        let isTypedef = chance(30)
        let kind = chance(15) ? "union" : "struct"
        let isBefore = chance(30)
        let attribute = recordAttribute()
        let tag = "s\(index)\(isTypedef ? "_tag" : "")"
        var structure = Structure(name: isTypedef ? "s\(index)" : "\(kind) \(tag)", tag: "\(kind) \(tag)")
        structure.isUnion = kind == "union"
        text += "\(isTypedef ? "typedef " : "")\(kind)\(isBefore ? " \(attribute)" : "") \(tag) {\n"
        var counter = 0
        let isOpen = features.wide || kind == "struct"
        let count = Int.random(in: 1...12, using: &random)
        let pragma = features.disputed && features.packing && chance(4) ? count / 2 : -1
        for position in 0..<count {
            if position == pragma { text += "#pragma pack(push, \(pick([1, 2, 4])))\n" }
            addMember(&structure, &counter, depth: 0, isOpen)
        }
        if kind == "struct", chance(10), !structure.members.isEmpty {
            let element = pick(["char", "uint8_t", "uint32_t", "double"])
            text += "    \(element) m\(counter)[\(pick(["", "0"]))];\n"
            structure.members.append("m\(counter)")
            structure.direct.append("m\(counter)")
            structure.isFlexible = true
        }
        text += "}\(isBefore ? "" : " \(attribute)")\(isTypedef ? " s\(index)" : "");\n"
        if pragma >= 0 { text += "#pragma pack(pop)\n" }
        if pack { text += "#pragma pack(pop)\n" }
        if !structure.isFlexible { closedStructs.append((structure.name, structure.bytes)) }
        structs.append(structure)
    }

    private mutating func recordAttribute() -> String {
        if features.storageOrder, chance(6) {
            let packed = chance(30) ? "packed, " : ""
            return "__attribute__((\(packed)scalar_storage_order(\"\(pick(["big", "little"]))-endian\")))"
        }
        guard features.packing else { return "" }
        return pick([
            "", "", "", "", "__attribute__((packed))", "__attribute__ ((__packed__))",
            "__attribute__((packed))", "__attribute__((packed, aligned(4)))", "__attribute__((aligned(16)))",
            "__attribute__((aligned(2)))",
        ])
    }
}
