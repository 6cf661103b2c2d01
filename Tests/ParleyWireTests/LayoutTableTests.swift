import ParleyTypes
import ParleyWire
import Testing

@Suite struct LayoutTableTests {
    typealias Field = MessageLayout.Field

    private static let u8 = FieldType.integer(IntegerType(bytes: 1, isSigned: false))
    private static let u16 = FieldType.integer(IntegerType(bytes: 2, isSigned: false))
    private static let u32 = FieldType.integer(IntegerType(bytes: 4, isSigned: false))

    private static let score = MessageLayout(
        name: "Score",
        packing: [Field("name", .text(capacity: 13)), Field("math", u32), Field("chinese", u32)]
    )

    @Test func `a printed layout is a table, a row for each field`() {
        #expect(
            "\(Self.score)" == """
                Score: 21 bytes
                  offset  size  field
                       0    13  name: char[13]
                      13     4  math: u32
                      17     4  chinese: u32
                """
        )
    }

    @Test func `what a layout is a part of shows it in one line`() {
        let line =
            "Score (21 bytes) { name: char[13]; math: u32, 0...4294967295; chinese: u32, 0...4294967295 }"
        #expect(Self.score.debugDescription == line)
        #expect("\([Self.score])" == "[\(line)]")
        let whole = "\(Field("score", .message(Self.score)))"
        #expect(whole.contains(line) && !whole.contains("\n"), "\(whole)")
    }

    @Test func `rows say what a field is for, where bits begin and what varies`() {
        let layout = MessageLayout(
            name: "Everything",
            packing: [
                Field("version", .bits(BitsType(width: 4)), role: .constant(4)),
                Field("words", .bits(BitsType(width: 4))),
                Field("flag", .bool),
                Field("later", .bytes(count: 2), role: .reserved),
                Field("", .bytes(count: 4), role: .padding),
                Field("points", .array(of: .message(Self.point), count: 2)),
                Field("count", Self.u16, role: .count),
                Field("body", .tail(TailType(.bytes, count: .init(field: "count", unit: .bytes)))),
            ]
        )
        #expect(
            "\(layout)" == """
                Everything: 18 bytes or more
                  offset    size  field
                     0.0  4 bits  version: u4, always 4
                     0.4  4 bits  words: u4
                       1       1  flag: bool, true or false
                       2       2  later: u8[2], reserved
                       4       4  (gap)
                       8       8  points: Point[2]
                       8       2    x: u16
                      10       2    y: u16
                      16       2  count: u16, counts the tail
                      18      0+  body: bytes, counted by count
                """
        )
    }

    private static let point = MessageLayout(name: "Point", packing: [Field("x", u16), Field("y", u16)])

    @Test func `a tagged union shows each of its messages behind the tag`() {
        let variants = MessageLayout.Variants(
            tag: IntegerType(bytes: 1, isSigned: false),
            tagName: "kind",
            placement: .before,
            cases: [
                .init(tag: 1, name: "point", layout: Self.point),
                .init(tag: 2, name: "bye", layout: MessageLayout(name: "bye", packing: [])),
            ],
            isOpen: true
        )
        #expect(
            "\(MessageLayout(name: "Packet", packing: [], variants: variants))" == """
                Packet: 1 byte or more
                  offset  size  field
                       0     1  kind: u8, says which follows
                                kind = 1: point
                       1     2    x: u16
                       3     2    y: u16
                                kind = 2: bye, nothing follows
                                any other kind: bytes as they are
                """
        )
    }

    @Test func `a layout of nested arrays prints so many rows and no more`() {
        // 16 fields of 16 fields of …: four billion rows.
        var layout = Self.point
        for depth in 0..<8 {
            layout = MessageLayout(
                name: "Level\(depth)",
                packing: (0..<16).map { Field("f\($0)", .message(layout)) }
            )
        }
        let lines = "\(layout)".split(separator: "\n")
        #expect(lines.count == MessageLayout.rowsMax + 3)
        #expect(lines.last == "  … and more")
    }

    @Test func `a layout without fields prints its name`() {
        #expect("\(MessageLayout(name: "Empty", packing: []))" == "Empty: 0 bytes")
    }
}
