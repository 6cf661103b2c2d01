import ParleyWire
import Testing

@Suite struct SlotTests {
    static let u8 = FieldType.integer(IntegerType(bytes: 1, isSigned: false))
    static let u16 = FieldType.integer(IntegerType(bytes: 2, isSigned: false))
    static let i16 = FieldType.integer(IntegerType(bytes: 2, isSigned: true, order: .little))
    static let point = MessageLayout(
        name: "Point",
        packing: [.init("mark", u8, role: .constant(7)), .init("x", i16)]
    )
    static let compiled = CompiledLayout(
        MessageLayout(
            name: "Track",
            packing: [
                .init("version", .bits(BitsType(width: 4)), role: .constant(4)),
                .init("kind", .bits(BitsType(width: 12))), .init("name", .text(capacity: 4)),
                .init("origin", .message(point)), .init("grid", .array(of: u16, count: 3)),
                .init("count", u8, role: .count),
                .init(
                    "points",
                    .tail(TailType(.items(.message(point)), count: .init(field: "count", unit: .items)))
                ),
            ]
        )
    )
    static let rest = CompiledLayout(
        MessageLayout(
            name: "Rest",
            packing: [
                .init("size", u8, role: .count),
                .init("body", .tail(TailType(.bytes, count: .init(field: "size", unit: .messageBytes)))),
            ]
        )
    )
    static let bytes: [UInt8] =
        [0x41, 0x23, 0x41, 0x42, 0, 0, 7, 0xFE, 0xFF, 0, 1, 0, 2, 0, 3, 2, 7, 1, 0, 7, 0xFF, 0xFF]

    @Test("A view reads by path: bits, nested fields, items of arrays and of the tail")
    func view() throws {
        let kind = try Self.compiled.field("kind", as: UInt16.self)
        let x = try Self.compiled.field("origin.x", as: Int.self)
        let second = try Self.compiled.field("grid[1]", as: Int32.self)
        let grid = try Self.compiled.items("grid[]", as: UInt16.self)
        let points = try Self.compiled.items("points[].x", as: Int16.self)
        let name = try Self.compiled.bytes("name")
        let view = try MessageView(unsafe Self.bytes.span.bytes, as: Self.compiled)
        #expect(view[kind] == 0x123)
        #expect(view[x] == -2)
        #expect(view[second] == 2)
        #expect(view.count(of: grid) == 3)
        #expect(view[grid, 2] == 3)
        #expect(view.count(of: points) == 2)
        #expect(view[points, 0] == 1)
        #expect(view[points, 1] == -1)
        #expect(view.string(name) == "AB")
        #expect(view.bytes(name).byteCount == 4)
    }

    @Test("A draft is the message that its values would give")
    func draft() throws {
        var draft = MessageDraft(Self.compiled)
        #expect(draft.bytes == [0x40, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        try draft.set(Self.compiled.field("kind", as: UInt16.self), 0x123)
        try draft.set(Self.compiled.bytes("name"), "AB")
        try draft.set(Self.compiled.field("origin.x", as: Int.self), -2)
        let grid = try Self.compiled.items("grid[]", as: UInt16.self)
        for index in 0..<3 { try draft.set(grid, index, UInt16(index + 1)) }
        let points = try Self.compiled.items("points[].x", as: Int16.self)
        try draft.setCount(of: points, 2)
        try draft.set(points, 0, 1)
        try draft.set(points, 1, -1)
        #expect(draft.bytes == Self.bytes)
        #expect(try draft.message()["kind"] == .unsigned(0x123))
        try draft.setCount(of: points, 0)
        #expect(draft.bytes == Array(Self.bytes.prefix(15)) + [0])
    }

    @Test("A tail of bytes has the count that it needs, or is refused")
    func tailOfBytes() throws {
        let body = try Self.rest.bytes("body")
        var draft = MessageDraft(Self.rest)
        #expect(draft.bytes == [1])
        try draft.set(body, [7, 8])
        #expect(draft.bytes == [3, 7, 8])
        let error = WireError(.countOverflow(256, unit: .messageBytes, maximum: 255), field: "size")
        #expect(throws: error) { try draft.set(body, [UInt8](repeating: 0, count: 255)) }
        #expect(draft.bytes == [3, 7, 8])
        let view = try MessageView(unsafe draft.bytes.span.bytes, as: Self.rest)
        #expect(view.bytes(body).byteCount == 2)
    }

    @Test("What is no message has no view, with the error that decoding gives")
    func misfits() throws {
        for bytes: [UInt8] in [[], [0x41], Self.bytes + [0], [0x51] + Self.bytes.dropFirst()] {
            let expected = #expect(throws: WireError.self) {
                try DynamicMessage(decoding: bytes, as: Self.compiled.layout)
            }
            let error = #expect(throws: WireError.self) {
                _ = try MessageView(unsafe bytes.span.bytes, as: Self.compiled).bytes.byteCount
            }
            #expect(error == expected)
        }
    }

    @Test("A slot is found for what the field is, or the error says why not")
    func refusals() throws {
        func expect(_ path: String, _ reason: WireError.Reason) {
            let error = #expect(throws: WireError.self) { try Self.compiled.field(path, as: UInt8.self) }
            #expect(error == WireError(reason, field: path))
        }
        expect("kind", .wrongKind(expected: "an integer that holds 0...4095", found: "UInt8"))
        expect("name", .wrongKind(expected: "an integer", found: "UInt8"))
        expect("origin.z", .unknownField(known: ["mark", "x"]))
        expect("grid[3]", .outOfRange(value: "3", minimum: "0", maximum: "2"))
        expect("grid[", .unknownField(known: Self.compiled.layout.valueNames))
        expect("points[0].x", .wrongKind(expected: "items of one size, as in items[].x", found: "Point[]"))
        expect("points[].mark", .wrongKind(expected: "one field", found: "a field of each item"))
        var draft = MessageDraft(Self.compiled)
        let count = try Self.compiled.field("count", as: UInt8.self)
        #expect(throws: WireError.self) { try draft.set(count, 1) }
        let kind = try Self.compiled.field("kind", as: Int.self)
        for wrong in [4096, -1, .max, .min] {
            #expect(throws: WireError.self) { try draft.set(kind, wrong) }
        }
        #expect(throws: WireError(.doesNotFit(bytes: 5, capacity: 4), field: "name", offset: 2)) {
            try draft.set(Self.compiled.bytes("name"), "ABCDE")
        }
        #expect(draft.bytes == MessageDraft(Self.compiled).bytes)
    }

    @Test("A slot of another layout, and an item that is not there, are mistakes of the program")
    func mistakes() async {
        await #expect(processExitsWith: .failure) {
            let size = try Self.rest.field("size", as: UInt8.self)
            let view = try MessageView(unsafe Self.bytes.span.bytes, as: Self.compiled)
            _ = view[size]
        }
        await #expect(processExitsWith: .failure) {
            let points = try Self.compiled.items("points[].x", as: Int16.self)
            let view = try MessageView(unsafe Self.bytes.span.bytes, as: Self.compiled)
            _ = view[points, 2]
        }
    }
}
