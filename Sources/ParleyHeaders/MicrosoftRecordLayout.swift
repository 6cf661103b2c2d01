/// Where Microsoft's compiler puts the members of a struct or union, as clang has found out
/// (MicrosoftRecordLayoutBuilder in its RecordLayoutBuilder.cpp). In bytes.
struct MicrosoftRecordLayout {
    private let isUnion: Bool
    /// The alignment that members get at most, unless an attribute requires more.
    private let pack: Int?
    private let emptySize: Int
    private var end = 0
    private(set) var alignment = 1
    /// What `aligned` attributes demand, whatever is packed.
    private(set) var requiredAlignment = 1
    /// The unit that bit fields share now: its size, and the bits that are left of it.
    private var unit: (size: Int, bitsLeft: Int)?

    /// - Parameters:
    ///   - alignment: the record's own `aligned`.
    ///   - pack: `#pragma pack` at the opening brace.
    init(abi: ABI, isUnion: Bool, isPacked: Bool, alignment: Int?, pack: Int?) {
        self.isUnion = isUnion
        // A bound above the size of pointers is ignored.
        self.pack = isPacked ? 1 : pack.flatMap { $0 <= abi.pointer.size ? $0 : nil }
        emptySize = abi.records.emptySize
        ownAlignment = alignment ?? 1
    }

    private let ownAlignment: Int

    /// A member as its declaration has it.
    struct Item {
        /// Of the type, alignments of typedefs left out.
        var extent: ABI.Extent
        /// What attributes of the member, its type or, for records, within it require.
        var requiredAlignment: Int
        var isPacked: Bool
        var width: Int?
    }

    /// The member's first bit, counted from the record's, and its alignment in bytes.
    mutating func place(_ item: Item) -> (bit: Int, alignment: Int) {
        var natural = item.extent.alignment
        if item.width != nil {
            natural = max(natural, item.requiredAlignment)
        } else {
            requiredAlignment = max(requiredAlignment, item.requiredAlignment)
        }
        if let pack { natural = min(natural, pack) }
        if item.isPacked { natural = 1 }
        natural = max(natural, item.requiredAlignment)
        guard let width = item.width else { return (placePlain(item.extent.size, natural), natural) }
        if width == 0 { return (endUnit(item.extent.size, natural), natural) }
        if !isUnion, let unit, unit.size == item.extent.size, width <= unit.bitsLeft {
            self.unit?.bitsLeft -= width
            return (end * 8 - unit.bitsLeft, natural)
        }
        unit = (item.extent.size, item.extent.size * 8 - width)
        guard !isUnion else {
            end = max(end, item.extent.size)
            return (0, natural)
        }
        let start = Self.round(end, natural)
        end = start + item.extent.size
        alignment = max(alignment, natural)
        return (start * 8, natural)
    }

    private mutating func placePlain(_ size: Int, _ natural: Int) -> Int {
        unit = nil
        alignment = max(alignment, natural)
        let start = isUnion ? 0 : Self.round(end, natural)
        end = max(end, start + size)
        return start * 8
    }

    /// A zero width, which counts only behind another bit field.
    private mutating func endUnit(_ size: Int, _ natural: Int) -> Int {
        guard unit != nil else { return isUnion ? 0 : end * 8 }
        unit = nil
        guard !isUnion else {
            end = max(end, size)
            return 0
        }
        end = Self.round(end, natural)
        alignment = max(alignment, natural)
        return end * 8
    }

    /// Closes the record: its size.
    mutating func finish() -> Int {
        end = Self.round(end, alignment)
        requiredAlignment = max(requiredAlignment, ownAlignment)
        alignment = max(alignment, requiredAlignment)
        let rounding = max(pack.map { min(alignment, $0) } ?? alignment, requiredAlignment)
        end = Self.round(end, rounding)
        // An empty struct has a size, too; a required alignment of as much is its size.
        if end == 0 { end = requiredAlignment >= emptySize ? alignment : emptySize }
        return end
    }

    private static func round(_ value: Int, _ alignment: Int) -> Int {
        (value + alignment - 1) / alignment * alignment
    }
}
