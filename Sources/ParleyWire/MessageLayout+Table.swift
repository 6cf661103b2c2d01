// Layouts for people: a table where one is printed, a line where one is part of something else.

extension MessageLayout: CustomStringConvertible, CustomDebugStringConvertible {
    /// The layout as a table of several lines, a row for each field: `print(Score.layout)` shows
    ///
    ///     Score: 21 bytes
    ///       offset  size  field
    ///            0    13  name: char[13]
    ///           13     4  math: u32
    ///           17     4  chinese: u32
    ///
    /// Offsets are counted from the message's first byte, also those of nested messages; `3.5` is bit 5 of
    /// byte 3, counted in the field's own order of bits. A size that varies shows its least with a plus. The
    /// fields of an array's messages are those of its first item. At most ``rowsMax`` rows.
    public var description: String {
        var table = LayoutTable()
        table.add(self, at: 0, indent: "")
        let offsets = table.rows.map(\.offset.count).max().map { max($0, 6) } ?? 6
        let sizes = table.rows.map(\.size.count).max().map { max($0, 4) } ?? 4
        func line(_ offset: String, _ size: String, _ field: String) -> String {
            "\n  \(offset.leading(offsets))  \(size.leading(sizes))  \(field)"
        }
        var text = "\(name.isEmpty ? "struct" : name): \(sizeInWords)"
        if !table.rows.isEmpty { text += line("offset", "size", "field") }
        for row in table.rows { text += line(row.offset, row.size, row.field) }
        if table.isCut { text += "\n  … and more" }
        return text
    }

    /// The layout as one line: `Score (21 bytes) { name: char[13]; math: u32, 0...4294967295; … }`.
    public var debugDescription: String {
        "\(name.isEmpty ? "struct" : name) (\(sizeInWords)) { \(summary) }"
    }

    /// How many rows ``description`` has at most: nested arrays of messages could have any number.
    public static let rowsMax = 1000

    private var sizeInWords: String {
        let least = sizeMinimum == 1 ? "1 byte" : "\(sizeMinimum) bytes"
        guard let most = sizeMaximum else { return "\(least) or more" }
        return most == sizeMinimum ? least : "\(sizeMinimum) to \(most) bytes"
    }
}

private struct LayoutTable {
    struct Row {
        var offset: String
        var size: String
        var field: String
    }

    var rows: [Row] = []
    var isCut = false

    mutating func add(_ layout: MessageLayout, at start: Int, indent: String) {
        // What has no more room is not walked through either.
        guard !isCut else { return }
        for field in layout.fields { add(field, at: start, indent: indent) }
        guard let variants = layout.variants else { return }
        let own = layout.fields.last.map { $0.offset + $0.type.sizeMinimum } ?? 0
        var first = start + own
        if variants.placement == .before {
            let tag = "\(variants.tagName): \(variants.tag.name), says which follows"
            add("\(first)", "\(variants.tag.bytes)", indent + tag)
            first += variants.tag.bytes
        }
        for variant in variants.cases {
            let isEmpty = variant.layout.fields.isEmpty && variant.layout.variants == nil
            let title = "\(variants.tagName) = \(variant.tag): \(variant.name)"
            add("", "", indent + title + (isEmpty ? ", nothing follows" : ""))
            add(variant.layout, at: first, indent: indent + "  ")
        }
        if variants.isOpen { add("", "", indent + "any other \(variants.tagName): bytes as they are") }
    }

    private mutating func add(_ field: MessageLayout.Field, at start: Int, indent: String) {
        let offset = start + field.offset
        add(field.place(at: offset), field.extent, indent + field.title)
        add(membersOf: field.type, at: offset, indent: indent + "  ")
    }

    private mutating func add(membersOf type: FieldType, at offset: Int, indent: String) {
        switch type {
        case .message(let layout): add(layout, at: offset, indent: indent)
        case .array(let element, let count) where count > 0:
            add(membersOf: element, at: offset, indent: indent)
        case .tail(let tail):
            if let item = tail.itemType { add(membersOf: item, at: offset, indent: indent) }
        case .union(let union):
            for member in union.members {
                add(MessageLayout.Field(member.name, member.type), at: offset, indent: indent)
            }
        default: break
        }
    }

    private mutating func add(_ offset: String, _ size: String, _ field: String) {
        guard rows.count < MessageLayout.rowsMax else {
            isCut = true
            return
        }
        rows.append(Row(offset: offset, size: size, field: field))
    }
}

extension MessageLayout.Field {
    fileprivate func place(at offset: Int) -> String {
        guard case .bits(let bits) = type else { return "\(offset)" }
        return "\(offset).\(bits.firstBit)"
    }

    fileprivate var extent: String {
        if case .bits(let bits) = type { return bits.width == 1 ? "1 bit" : "\(bits.width) bits" }
        return "\(type.sizeMinimum)" + (type.isFixedSize ? "" : "+")
    }

    fileprivate var title: String {
        let title = "\(name): \(type.name)"
        switch role {
        case .value: return title + (isNumber ? ", the message's number" : type.remark)
        case .count: return title + ", counts the tail"
        case .reserved: return title + ", reserved"
        case .padding: return "(gap)"
        case .constant(let bits): return title + ", always \(bits)"
        }
    }
}

extension FieldType {
    /// What a value may be, where neither its name nor the rows below say it.
    fileprivate var remark: String {
        switch self {
        case .enumeration, .bool: limits.map { ", \($0)" } ?? ""
        case .bits(let bits):
            if case .enumeration = bits.kind { limits.map { ", \($0)" } ?? "" } else { "" }
        case .tail(let tail): tail.count.map { ", counted by \($0.field)" } ?? ", to the end of the message"
        case .array(let element, _):
            if case .enumeration = element { element.remark } else { "" }
        default: ""
        }
    }
}

extension String {
    fileprivate func leading(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
