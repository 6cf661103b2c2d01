import ParleyWire

/// Fields that are laid one behind the other, gaps filled.
struct FieldRun {
    private(set) var fields: [MessageLayout.Field] = []
    /// The whole bytes that the compiler left free.
    private(set) var holes = 0
    /// The first bit that no field has yet.
    private var end = 0
    /// The order of the bit fields that the last byte is shared by.
    private var order = ByteOrder.big

    /// Padding up to a bit.
    mutating func fill(to bit: Int) {
        if end % 8 != 0 { pad(min(bit, (end + 7) / 8 * 8) - end) }
        let gap = (bit - end) / 8
        if gap > 0 {
            fields.append(.init("padding", .bytes(count: gap), role: .padding, offset: end / 8))
            holes += gap
            end += 8 * gap
        }
        pending = bit - end
    }

    /// Bits before the next bit field in a byte of which no order is known before it comes.
    private var pending = 0

    mutating func append(_ name: String, _ type: FieldType) {
        if case .bits(var bits) = type {
            order = bits.order
            pad(pending)
            bits.firstBit = end % 8
            fields.append(.init(name, .bits(bits), offset: end / 8))
            end += bits.width
        } else {
            fields.append(.init(name, type, offset: end / 8))
            end += 8 * type.sizeMinimum
        }
        pending = 0
    }

    /// Makes an integer field the one that counts what follows; false where there is none of that name.
    mutating func count(by name: String) -> Bool {
        guard let index = fields.firstIndex(where: { $0.name == name && $0.role == .value }),
            fields[index].type.isInteger
        else { return false }
        fields[index].role = .count
        return true
    }

    /// A bit field without a name.
    mutating func reserve(_ width: Int, _ order: ByteOrder) {
        self.order = order
        pad(pending)
        pad(width)
        pending = 0
    }

    private mutating func pad(_ width: Int) {
        guard width > 0 else { return }
        let bits = BitsType(width: width, firstBit: end % 8, order: order)
        fields.append(.init("padding", .bits(bits), role: .padding, offset: end / 8))
        end += width
    }
}
