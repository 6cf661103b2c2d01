public import ParleyWire

extension StructurePlan {
    /// The plan of a struct of a header.
    public init(_ structure: CStructure, _ abi: ABI, packing: Packing) {
        self.init(
            machine: Machine(abi),
            packing: packing,
            isUnion: structure.isUnion,
            size: structure.size,
            alignment: structure.alignment,
            fields: structure.members.map { member in
                Field(
                    path: member.name,
                    type: member.type,
                    kind: .integer(isSigned: false),
                    firstBit: member.offset * 8,
                    bitCount: member.size * 8
                )
            }
        )
    }
}

extension StructurePlan {
    /// The plan of a layout without a machine: bytes as they travel.
    public init(_ layout: MessageLayout) {
        var fields: [Field] = []
        Self.add(layout, at: 0, prefix: "", depth: 0, to: &fields)
        self.init(machine: .wire(), packing: .packed, size: layout.sizeMinimum, alignment: 1, fields: fields)
        machine.name = "wire"
    }

    private static func add(
        _ layout: MessageLayout,
        at base: Int,
        prefix: String,
        depth: Int,
        to fields: inout [Field]
    ) {
        for field in layout.fields where field.role != .padding && field.role != .reserved {
            let path = prefix + field.name
            let size = field.type.sizeMinimum
            fields.append(
                Field(
                    path: path,
                    depth: depth,
                    type: field.type.name,
                    kind: field.type.kind,
                    firstBit: (base + field.offset) * 8,
                    bitCount: size * 8,
                    elementSize: field.type.element.sizeMinimum,
                    isOpen: !field.type.isFixedSize
                )
            )
            if case .message(let inner) = field.type.element, field.type.isFixedSize {
                add(inner, at: base + field.offset, prefix: path + ".", depth: depth + 1, to: &fields)
            }
        }
    }
}

extension FieldType {
    /// What an array is made of, at the bottom.
    fileprivate var element: FieldType {
        if case .array(let element, _) = self { element.element } else { self }
    }

    fileprivate var kind: StructurePlan.Kind {
        switch element {
        case .integer(let integer): .integer(isSigned: integer.isSigned)
        case .float: .float
        case .bool: .boolean
        case .enumeration: .enumeration
        case .text: .character
        case .message: .structure
        default: .integer(isSigned: false)
        }
    }
}
