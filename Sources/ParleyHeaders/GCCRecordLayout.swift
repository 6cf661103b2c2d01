/// Where GCC puts the members of a struct or union. Its rules are nowhere written down in full; what stands
/// here gives what its compilers give (docs/abi.md tells how that was found out). Positions are in bits.
struct GCCRecordLayout {
    private let abi: ABI
    private let isUnion: Bool
    private let isPacked: Bool
    /// `#pragma pack` at the closing brace, in bits; nil without.
    private let pack: Int?
    /// Whole bytes, a multiple of `offsetAlignment` unless alignment asked for less, and bits behind them.
    private var offset = 0
    private var bits = 0
    private let offsetAlignment: Int
    private(set) var alignmentBits: Int

    /// - Parameter alignment: the record's own `aligned`, in bytes.
    init(abi: ABI, isUnion: Bool, isPacked: Bool, alignment: Int?, pack: Int?) {
        self.abi = abi
        self.isUnion = isUnion
        self.isPacked = isPacked
        self.pack = pack.map { $0 * 8 }
        alignmentBits = 8 * (alignment ?? 1)
        offsetAlignment = max(alignmentBits, 8 * abi.alignmentMaximum)
    }

    /// A member as its declaration has it.
    struct Item {
        var extent: ABI.Extent
        /// Whether the type's alignment comes from an attribute.
        var isTypeUserAligned: Bool
        /// The member's own `aligned`, in bytes.
        var alignment: Int?
        var isPacked: Bool
        var isNamed: Bool
        /// The width of a bit field.
        var width: Int?
    }

    /// The member's first bit, counted from the record's, and its alignment in bytes.
    mutating func place(_ item: Item) -> (bit: Int, alignment: Int) {
        let known = knownAlignment
        let isPacked = self.isPacked || item.isPacked
        let (desired, isBitField) = alignment(of: item, isPacked, known: isUnion ? 0 : known)
        raiseRecord(item, isPacked, desired)
        let size = item.width ?? item.extent.size * 8
        guard !isUnion else {
            offset = max(offset, (size + 7) / 8)
            return (0, max(1, desired / 8))
        }
        if known != 0, known < desired { align(to: desired) }
        if abi.records.bitFieldTypesMatter, isBitField, !isPacked, pack == nil, size != 0 {
            // A bit field may not span more units of alignment of its type than its type itself.
            let unit = item.extent.alignment * 8
            let start = (offset * 8 + bits) % unit
            if (start + size + unit - 1) / unit > item.extent.size * 8 / unit {
                bits = Self.round(bits, unit)
            }
        }
        normalise()
        let place = offset * 8 + bits
        bits += size
        normalise()
        return (place, max(1, desired / 8))
    }

    /// The size of the record, in bytes.
    var size: Int { Self.round(offset + (bits + 7) / 8, alignmentBits / 8) }

    /// The alignment that the next position has by itself, in bits; 0 means any.
    private var knownAlignment: Int {
        bits != 0 ? bits & -bits : 8 * (offset & -offset)
    }

    /// The alignment a member asks for, and whether it stays a bit field rather than a plain
    /// number of 1, 2, 4 or 8 bytes that stands where such a number may.
    private func alignment(of item: Item, _ isPacked: Bool, known: Int) -> (bits: Int, isBitField: Bool) {
        var alignment = item.alignment.map { $0 * 8 } ?? 1
        var isUserAligned = item.alignment != nil
        var isPacked = isPacked
        var isBitField = item.width != nil
        let ownType = item.extent.alignment * 8
        let isZeroWidth = item.width == 0
        if isZeroWidth { isPacked = false }
        if isZeroWidth, !abi.records.bitFieldTypesMatter {
            alignment = max(alignment, abi.records.zeroWidthAlignment * 8)
        } else if isZeroWidth || (item.width == nil && !(isPacked && isUserAligned)), ownType > alignment {
            alignment = ownType
            isUserAligned = item.isTypeUserAligned
        }
        if let width = item.width, [8, 16, 32, 64].contains(width) {
            let mode = min(width, abi.alignmentMaximum * 8)
            if !(mode > 8 && isPacked), known == 0 || known >= mode {
                alignment = max(alignment, mode)
                isBitField = false
            }
        }
        if isPacked, item.alignment == nil { alignment = min(alignment, 8) }
        if !isPacked, !isUserAligned, item.width != nil, let most = abi.records.integerMemberAlignmentMax {
            alignment = min(alignment, most * 8)
        }
        if let pack, !isZeroWidth { alignment = min(alignment, pack) }
        return (alignment, isBitField)
    }

    /// What the member's alignment does to the record's.
    private mutating func raiseRecord(_ item: Item, _ isPacked: Bool, _ desired: Int) {
        guard let width = item.width, abi.records.bitFieldTypesMatter else {
            alignmentBits = max(alignmentBits, desired)
            return
        }
        guard item.isNamed || abi.records.unnamedBitFieldsAlign else { return }
        var type = item.extent.alignment * 8
        // Zero width ignores packing.
        if width != 0 {
            if let pack {
                type = min(type, pack)
            } else if isPacked {
                type = min(type, 8)
            }
        }
        alignmentBits = max(alignmentBits, desired, type)
    }

    private mutating func align(to alignment: Int) {
        if alignment < offsetAlignment {
            bits = Self.round(bits, alignment)
        } else {
            offset = Self.round(offset + (bits + 7) / 8, alignment / 8)
            bits = 0
        }
    }

    private mutating func normalise() {
        guard bits >= offsetAlignment else { return }
        offset += bits / offsetAlignment * (offsetAlignment / 8)
        bits %= offsetAlignment
    }

    private static func round(_ value: Int, _ alignment: Int) -> Int {
        (value + alignment - 1) / alignment * alignment
    }
}
