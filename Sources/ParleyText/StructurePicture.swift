public import ParleyHeaders
internal import ParleyTypes
import ParleyWire

/// Structs as a picture (SVG): one strip of bytes for each layout, coloured fields, hatched gaps, bit fields
/// enlarged, and a legend.
public struct StructurePicture: Sendable {
    public var comparisons: [StructureComparison]

    public init(_ comparisons: [StructureComparison]) {
        self.comparisons = comparisons
    }

    /// The picture, a file of its own.
    public var svg: String {
        let scales = comparisons.map(Scale.init)
        let width = (scales.map(\.width).max() ?? 0) + 2 * Self.margin
        var canvas = Canvas(width: width)
        canvas.y = Self.margin
        for (comparison, scale) in zip(comparisons, scales) { canvas.add(comparison, scale) }
        let names = comparisons.map(\.name).joined(separator: ", ")
        return canvas.writer.document(width: width, height: canvas.y, title: names)
    }

    static let margin = 24.0
    static let rowHeight = 44.0

    /// Light enough for dark letters; neighbours differ.
    static let colors = [
        "#9fd3f0", "#b5e3b1", "#ffd79a", "#d9bff0", "#f7b3b3", "#a8e0d8", "#f3e58c", "#b9c6f5", "#f5bfdf",
        "#cfe39a",
    ]

    /// How bytes become lengths, the same for all strips of a struct.
    struct Scale {
        var bytesPerRow: Int
        var byteWidth: Double

        init(_ comparison: StructureComparison) {
            let bytes = comparison.lanes.map(\.plan.size).max() ?? 0
            let hasTail = comparison.plans.contains { $0.fields.last?.isOpen == true }
            let shown = bytes + (hasTail ? 2 : 0)
            if shown <= 24 {
                bytesPerRow = max(8, shown)
                byteWidth = min(64, 960 / Double(bytesPerRow))
            } else if shown <= 32 {
                bytesPerRow = shown
                byteWidth = 36
            } else {
                bytesPerRow = shown <= 256 ? 16 : 32
                byteWidth = shown <= 256 ? 60 : 34
            }
        }

        var width: Double { max(560, Double(bytesPerRow) * byteWidth) }
    }
}

/// The picture while it grows downwards.
private struct Canvas {
    var writer = SVGWriter()
    var width: Double
    var y = 0.0
    private let left = StructurePicture.margin
    /// Whether the struct at hand has a field that is elsewhere than in its first strip.
    private var hasMarks = false

    init(width: Double) { self.width = width }

    mutating func add(_ comparison: StructureComparison, _ scale: StructurePicture.Scale) {
        let kind = comparison.plans[0].isUnion ? "union " : comparison.location == nil ? "layout " : "struct "
        writer.text(kind + comparison.name, left, y + 16, size: 20, isBold: true)
        if let location = comparison.location {
            let text = "\(location.file):\(location.line)"
            writer.text(text, width - left, y + 16, size: 12, anchor: "end", fill: "#656d76")
        }
        y += 40
        let places = comparison.places
        hasMarks = false
        for (number, lane) in comparison.lanes.enumerated() {
            add(lane, number == 0 ? nil : comparison.lanes[0].plan, scale, places)
        }
        addLegend(comparison, places)
        y += 12
    }

    // MARK: Strips

    private mutating func add(
        _ lane: StructureComparison.Lane,
        _ first: StructurePlan?,
        _ scale: StructurePicture.Scale,
        _ places: [String: Int]
    ) {
        let plan = lane.plan
        let orders = Set(lane.plans.filter { $0.packing == .asWritten }.map(\.machine.byteOrder))
        var facts = plan.size == 1 ? "1 byte" : "\(plan.size) bytes"
        if plan.packing == .asWritten, let alignments = lane.alignments() {
            let (least, most) = (alignments.lowerBound, alignments.upperBound)
            facts += least == most ? ", aligned to \(least)" : ", aligned to \(least) to \(most)"
        }
        if orders.count == 1, let order = orders.first { facts += ", \(order.rawValue)-endian" }
        let room = Int((width - 2 * left) / (14 * SVGWriter.characterWidth)) - facts.count
        writer.text(lane.labels.joined(separator: ", ").fitted(room), left, y + 12, size: 14, isBold: true)
        writer.text(facts, width - left, y + 12, size: 12, anchor: "end", fill: "#656d76")
        y += 20
        let segments = plan.segments { places[$0] ?? 0 }
        if segments.isEmpty { writer.text("no bytes", left, y + 20, size: 12, fill: "#656d76") }
        let rows = Set(segments.flatMap { $0.rows(bytesPerRow: scale.bytesPerRow) }).sorted()
        for (place, row) in rows.enumerated() {
            let start = row * scale.bytesPerRow
            if place > 0, rows[place - 1] != row - 1 {
                writer.text("⋮", left + 4, y + 14, size: 16, fill: "#656d76")
                y += 24
            }
            addRuler(start, min(plan.size, start + scale.bytesPerRow), scale)
            for segment in segments { add(segment, plan, first, start, scale) }
            y += StructurePicture.rowHeight + 6
        }
        addBits(plan, scale, places)
        y += 14
    }

    private mutating func addRuler(_ start: Int, _ end: Int, _ scale: StructurePicture.Scale) {
        for byte in start..<max(end, start) {
            let x = left + Double(byte - start) * scale.byteWidth
            writer.text("\(byte)", x + 2, y + 10, size: 9, fill: "#8c959f")
            writer.line(x, y + 2, toX: x, toY: y + 13)
        }
        y += 13
    }

    private mutating func add(
        _ segment: StructureSegment,
        _ plan: StructurePlan,
        _ first: StructurePlan?,
        _ start: Int,
        _ scale: StructurePicture.Scale
    ) {
        let chunk = start..<start + scale.bytesPerRow
        let height = StructurePicture.rowHeight
        func x(_ byte: Int) -> Double { left + Double(byte - start) * scale.byteWidth }
        if case .tail(let label, let index) = segment.content {
            guard chunk.contains(segment.first) else { return }
            let tailWidth = Double(chunk.upperBound - segment.first) * scale.byteWidth
            addTail(label, index, x(segment.first), tailWidth)
            return
        }
        let piece = (segment.first..<segment.end).clamped(to: chunk)
        guard !piece.isEmpty else { return }
        let (from, length) = (x(piece.lowerBound), Double(piece.count) * scale.byteWidth)
        switch segment.content {
        case .gap:
            let count = segment.end - segment.first
            let title = "\(count) \(count == 1 ? "byte" : "bytes") of padding at byte \(segment.first)"
            writer.rectangle(from, y, length, height, fill: "url(#gap)", title: title)
        case .field(let labels, let index):
            let color = StructurePicture.colors[index % StructurePicture.colors.count]
            let fields = plan.fields(in: segment)
            let title = fields.map(\.summary).joined(separator: "\n")
            writer.rectangle(from, y, length, height, fill: color, title: title)
            let middle = from + length / 2
            addLabel(labels, fields.count == 1 ? fields[0].type : nil, middle, length)
            if let first, piece.lowerBound == segment.first, first.hasMoved(fields, plan.machine.byteOrder) {
                hasMarks = true
                writer.text(
                    "≠",
                    from + length - 4,
                    y + 11,
                    size: 10,
                    anchor: "end",
                    fill: "#cf222e",
                    isBold: true
                )
            }
        case .tail: break
        }
    }

    /// The name, and the type below it where there is room.
    private mutating func addLabel(_ labels: [String], _ type: String?, _ middle: Double, _ width: Double) {
        let room = width - 6
        let size = labels.contains { Self.width($0, 13) <= room } ? 13.0 : 10
        let count = Int(room / (size * SVGWriter.characterWidth))
        let label = labels.first { $0.count <= count } ?? (labels.last ?? "").fitted(count)
        let type = type.flatMap { Self.width($0, 10) <= room ? $0 : nil }
        writer.text(label, middle, y + (type == nil ? 27 : 21), size: size, anchor: "middle", isBold: true)
        if let type { writer.text(type, middle, y + 35, size: 10, anchor: "middle", fill: "#424a53") }
    }

    private mutating func addTail(_ label: String, _ index: Int, _ x: Double, _ width: Double) {
        let color = StructurePicture.colors[index % StructurePicture.colors.count]
        let room = max(width, 60)
        writer.rectangle(
            x,
            y,
            room,
            StructurePicture.rowHeight,
            fill: color,
            stroke: "none",
            title: "as many as a message holds"
        )
        writer.line(x, y, toX: x, toY: y + StructurePicture.rowHeight, stroke: "#57606a")
        let count = Int((room - 20) / (13 * SVGWriter.characterWidth))
        writer.text(label.fitted(count), x + 6, y + 27, size: 13, isBold: true)
        writer.text("▸", x + room - 4, y + 27, size: 13, anchor: "end", isBold: true)
    }

    private static func width(_ text: String, _ size: Double) -> Double {
        Double(text.count) * size * SVGWriter.characterWidth
    }

    // MARK: Bits

    /// The bytes of bit fields, four in a row, the most significant bit of each first.
    private mutating func addBits(
        _ plan: StructurePlan,
        _ scale: StructurePicture.Scale,
        _ places: [String: Int]
    ) {
        let bytes = Set(plan.bitFieldBytes).sorted()
        let perRow = min(4, bytes.count)
        guard perRow > 0 else { return }
        let bitWidth = min(32, (width - 2 * left) / Double(perRow * 8))
        for start in stride(from: 0, to: bytes.count, by: perRow) {
            y += 4
            for (place, byte) in bytes[start...].prefix(perRow).enumerated() {
                let x = left + Double(place * 8) * bitWidth
                writer.text("byte \(byte), bits 7 to 0", x + 2, y + 10, size: 9, fill: "#8c959f")
                writer.rectangle(x, y + 14, 8 * bitWidth, 26, fill: "url(#gap)", title: "bits of no field")
                for field in plan.fields where !field.hasMembers {
                    guard let bits = field.bits(in: byte, plan.machine.byteOrder) else { continue }
                    let from = x + Double(bits.lowerBound) * bitWidth
                    let length = Double(bits.count) * bitWidth
                    let color = StructurePicture.colors[
                        (places[field.path] ?? 0) % StructurePicture.colors.count
                    ]
                    writer.rectangle(from, y + 14, length, 26, fill: color, title: field.summary)
                    let count = Int((length - 4) / (12 * SVGWriter.characterWidth))
                    let label = field.name.fitted(count)
                    writer.text(label, from + length / 2, y + 31, size: 12, anchor: "middle", isBold: true)
                }
            }
            y += 44
        }
    }

    // MARK: Legend

    /// Each field's colour, name and type; then what the signs mean.
    private mutating func addLegend(_ comparison: StructureComparison, _ places: [String: Int]) {
        let entries = comparison.rows.compactMap { row -> (path: String, type: String)? in
            guard case .field(let path, let type, _) = row.subject else { return nil }
            return (path, type)
        }
        let longest = entries.map { $0.path.count + $0.type.count + 2 }.max() ?? 0
        let room = width - 2 * left
        let columnWidth = min(room, max(150, Double(longest) * 12 * SVGWriter.characterWidth + 34))
        let columns = max(1, Int(room / columnWidth))
        for (number, entry) in entries.enumerated() {
            let x = left + Double(number % columns) * columnWidth
            let color = StructurePicture.colors[(places[entry.path] ?? 0) % StructurePicture.colors.count]
            writer.rectangle(x, y, 14, 14, fill: color)
            let text = "\(entry.path)  \(entry.type)"
            let count = Int((columnWidth - 30) / (12 * SVGWriter.characterWidth))
            writer.text(text.fitted(count), x + 20, y + 11, size: 12)
            if number % columns == columns - 1 || number == entries.count - 1 { y += 20 }
        }
        var x = left
        if comparison.lanes.contains(where: { !$0.plan.gaps.isEmpty }) {
            writer.rectangle(x, y, 14, 14, fill: "url(#gap)")
            writer.text("padding: belongs to no field", x + 20, y + 11, size: 12, fill: "#656d76")
            x += 260
        }
        if hasMarks {
            writer.text("≠", x, y + 11, size: 12, fill: "#cf222e", isBold: true)
            writer.text("elsewhere than in the first strip", x + 14, y + 11, size: 12, fill: "#656d76")
            x += 20
        }
        if x > left { y += 22 }
    }
}

extension StructurePlan {
    /// The leaves that a piece of a drawing is about.
    fileprivate func fields(in segment: StructureSegment) -> [Field] {
        let bits = segment.first * 8..<segment.end * 8
        return fields.filter { field in
            guard case .field = segment.content else { return false }
            return field.bitCount > 0 && bits.contains(field.firstBit) && field.end <= bits.upperBound
                && field.kind != .structure
        }
    }

    /// Whether one of the fields lies elsewhere here.
    fileprivate func hasMoved(_ others: [Field], _ order: ByteOrder) -> Bool {
        others.contains { other in
            !fields.contains { field in
                guard field.path == other.path else { return false }
                if field.isBitField, other.isBitField {
                    return field.sharesBits(machine.byteOrder, with: other, order)
                }
                return field.firstBit == other.firstBit && field.bitCount == other.bitCount
            }
        }
    }
}

extension StructurePlan.Field {
    /// `uint32_t math: byte 16, 4 bytes`.
    fileprivate var summary: String {
        let amount = Phrase.count(isBitField ? bitCount : bitCount / 8, isBitField ? "bit" : "byte")
        return "\(type) \(path): \(placeText), \(amount)"
    }
}
