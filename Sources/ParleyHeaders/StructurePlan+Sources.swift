public import ParleyWire

extension StructurePlan {
    /// The plan of a struct of a header.
    public init(_ structure: CStructure, _ abi: ABI, packing: Packing) {
        var machine = Machine(abi)
        // A struct may ask for another order than the machine's.
        machine.byteOrder = structure.order
        machine.bitOrder = structure.order
        var fields: [Field] = []
        Self.add(structure.members, prefix: "", depth: 0, to: &fields)
        self.init(
            machine: machine,
            packing: packing,
            isUnion: structure.isUnion,
            size: structure.size,
            alignment: structure.alignment,
            fields: fields
        )
    }

    private static func add(
        _ members: [CStructure.Member],
        prefix: String,
        depth: Int,
        to fields: inout [Field]
    ) {
        for member in members {
            let path = prefix + member.name
            let element = member.kind.element(size: member.size)
            fields.append(
                Field(
                    path: path,
                    depth: depth,
                    type: member.type,
                    kind: element.kind,
                    firstBit: member.bits?.offset ?? member.offset * 8,
                    bitCount: member.bits?.width ?? member.size * 8,
                    alignment: member.bits == nil ? member.alignment : 0,
                    isBitField: member.bits != nil,
                    elementSize: element.size,
                    isOpen: member.kind.isOpen,
                    byteOrder: element.size > 1 ? member.byteOrder : nil
                )
            )
            add(member.members, prefix: path + ".", depth: depth + 1, to: &fields)
        }
    }
}

extension CStructure.Kind {
    /// What an array is made of, at the bottom, and the bytes of one.
    fileprivate func element(size: Int) -> (kind: StructurePlan.Kind, size: Int) {
        switch self {
        case .integer(let isSigned): (.integer(isSigned: isSigned), size)
        case .float: (.float, size)
        case .bool: (.boolean, size)
        case .enumeration(let isSigned): (.enumeration(isSigned: isSigned), size)
        case .pointer: (.pointer, size)
        case .structure: (.structure, size)
        case .union: (.union, size)
        case .opaque: (.opaque, size)
        case .array(let element, _, let elementSize): element.element(size: elementSize)
        }
    }

    /// Whether it is an array of as many elements as follow.
    fileprivate var isOpen: Bool {
        if case .array(_, nil, _) = self { true } else { false }
    }
}

extension StructurePlan {
    /// The plan of a layout without a machine: bytes as they travel.
    public init(_ layout: MessageLayout) {
        var gatherer = LayoutGatherer()
        gatherer.add(layout, at: 0, prefix: "", depth: 0)
        self.init(
            machine: Machine(name: "wire", byteOrder: gatherer.bitOrder ?? .big),
            packing: .packed,
            size: layout.sizeMinimum,
            alignment: 1,
            fields: gatherer.fields
        )
    }
}

/// Collects the fields of a layout and of those inside it.
private struct LayoutGatherer {
    var fields: [StructurePlan.Field] = []
    /// From which end bit fields are counted, if there are any.
    var bitOrder: ByteOrder?

    mutating func add(_ layout: MessageLayout, at base: Int, prefix: String, depth: Int) {
        for field in layout.fields where field.role != .padding && field.role != .reserved {
            add(field.type, prefix + field.name, at: base + field.offset, depth)
        }
    }

    private mutating func add(_ type: FieldType, _ path: String, at offset: Int, _ depth: Int) {
        var field = StructurePlan.Field(
            path: path,
            depth: depth,
            type: type.name,
            kind: type.kind,
            firstBit: offset * 8,
            bitCount: type.sizeMinimum * 8,
            elementSize: type.element.itemSize,
            isOpen: !type.isFixedSize
        )
        if case .bits(let bits) = type {
            field.firstBit += bits.firstBit
            field.bitCount = bits.width
            field.isBitField = true
            field.alignment = 0
            bitOrder = bitOrder ?? bits.order
        }
        fields.append(field)
        guard type.isFixedSize else { return }
        switch type.element {
        case .message(let inner): add(inner, at: offset, prefix: path + ".", depth: depth + 1)
        case .union(let union):
            for member in union.members { add(member.type, path + "." + member.name, at: offset, depth + 1) }
        default: break
        }
    }
}

extension FieldType {
    /// What an array is made of, at the bottom.
    fileprivate var element: FieldType {
        if case .array(let element, _) = self { element.element } else { self }
    }

    /// Text and bytes are made of bytes.
    fileprivate var itemSize: Int {
        switch self {
        case .text, .bytes: 1
        default: sizeMinimum
        }
    }

    fileprivate var kind: StructurePlan.Kind {
        switch element {
        case .integer(let integer): .integer(isSigned: integer.isSigned)
        case .float: .float
        case .bool: .boolean
        case .enumeration(let enumeration): .enumeration(isSigned: enumeration.integer.isSigned)
        case .message: .structure
        case .union: .union
        default: .integer(isSigned: false)
        }
    }
}
