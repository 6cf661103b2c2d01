import ParleyWire

// Messages as `@WireMessage` makes them, written by hand: fixed fields checked at once, then field by field.
// What a `DynamicMessage` of the same layout must agree with, byte for byte and error for error.

/// The common case: `struct { char name[13]; uint32_t math, chinese; } __attribute__((packed))`.
struct Score: WireMessage, Equatable {
    var name: CString<13>
    var math: UInt32
    var chinese: UInt32

    static let layout = MessageLayout(
        name: "Score",
        packing: [
            .init("name", CString<13>.fieldType), .init("math", UInt32.fieldType),
            .init("chinese", UInt32.fieldType),
        ]
    )
    static let wireSizeMinimum = 21

    init(name: CString<13>, math: UInt32, chinese: UInt32) {
        (self.name, self.math, self.chinese) = (name, math, chinese)
    }

    init(from reader: inout WireReader) throws(WireError) {
        try reader.begin(Self.self)
        name = try reader.next("name")
        math = try reader.next("math")
        chinese = try reader.next("chinese")
    }

    func write(to output: inout OutputRawSpan) throws(WireError) {
        try name.write(to: &output)
        try math.write(to: &output)
        try chinese.write(to: &output)
    }
}

enum Colour: UInt8, WireValue, CaseIterable {
    case red = 1
    case green = 2
    case last = 0xFF
}

enum Level: Int16, WireValue, CaseIterable {
    case low = -300
    case high = 300
}

/// One field of every kind that has a fixed size, with a constant and reserved bytes.
struct Everything: WireMessage {
    var small: Int8 = -1
    var wide: Int64 = .min
    var unsigned: UInt64 = .max
    var half: LittleEndian<UInt16> = 0x1234
    var ratio: Float = 0.1
    var exact: LittleEndian<Double> = 1e300
    var flag = true
    var colour = Colour.green
    var level = Level.low
    var key: Bytes<4> = [1, 2, 3, 4]
    var grid: [3 of UInt16] = [1, 2, 3]
    var inner: [2 of Score] = [Score(name: "a", math: 1, chinese: 2), Score(name: "b", math: 3, chinese: 4)]

    static let layout = MessageLayout(
        name: "Everything",
        packing: [
            .init("magic", UInt16.fieldType, role: .constant(0xCAFE)),
            .init("small", Int8.fieldType), .init("wide", Int64.fieldType),
            .init("unsigned", UInt64.fieldType),
            .init("half", LittleEndian<UInt16>.fieldType), .init("ratio", Float.fieldType),
            .init("exact", LittleEndian<Double>.fieldType), .init("flag", Bool.fieldType),
            .init("spare", Reserved<3>.fieldType, role: .reserved),
            .init("colour", Colour.fieldType), .init("level", Level.fieldType),
            .init("key", Bytes<4>.fieldType),
            .init("grid", [3 of UInt16].fieldType), .init("inner", [2 of Score].fieldType),
        ]
    )
    static let wireSizeMinimum = layout.sizeMinimum

    init() {}

    init(from reader: inout WireReader) throws(WireError) {
        try reader.begin(Self.self)
        try reader.expect(0xCAFE as UInt16, "magic")
        small = try reader.next("small")
        wide = try reader.next("wide")
        unsigned = try reader.next("unsigned")
        half = try reader.next("half")
        ratio = try reader.next("ratio")
        exact = try reader.next("exact")
        flag = try reader.next("flag")
        _ = try reader.read(Reserved<3>.self, "spare")
        colour = try reader.next("colour")
        level = try reader.next("level")
        key = try reader.next("key")
        grid = try reader.next("grid")
        inner = try reader.next("inner")
    }

    func write(to output: inout OutputRawSpan) throws(WireError) {
        try (0xCAFE as UInt16).write(to: &output)
        try small.write(to: &output)
        try wide.write(to: &output)
        try unsigned.write(to: &output)
        try half.write(to: &output)
        try ratio.write(to: &output)
        try exact.write(to: &output)
        try flag.write(to: &output)
        try Reserved<3>().write(to: &output)
        try colour.write(to: &output)
        try level.write(to: &output)
        try key.write(to: &output)
        try grid.write(to: &output)
        try inner.write(to: &output)
    }
}

/// A head of one byte, a count of any kind and a tail of any kind.
struct Counted<Count: WireCount, Tail: WireTail>: WireMessage {
    var kind: UInt8
    var body: Tail

    static var layout: MessageLayout {
        MessageLayout(
            name: "Counted",
            packing: [
                .init("kind", UInt8.fieldType), .init("length", Count.fieldType, role: .count),
                .init(
                    "body",
                    .tail(TailType(Tail.tailElement, count: .init(field: "length", unit: Count.unit)))
                ),
            ]
        )
    }
    static var wireSizeMinimum: Int { 1 + Count.wireSizeMinimum }
    static var isWireSizeFixed: Bool { false }
    var wireSize: Int { Self.wireSizeMinimum + body.tailByteCount }

    init(kind: UInt8, body: Tail) {
        (self.kind, self.body) = (kind, body)
    }

    init(from reader: inout WireReader) throws(WireError) {
        try reader.begin(Self.self)
        let start = reader.offset
        kind = try reader.next("kind")
        let count = try reader.readCount(Count.self, "length")
        body = try reader.readTail(Tail.self, "body", counted: count, by: Count.self, messageStart: start)
    }

    func write(to output: inout OutputRawSpan) throws(WireError) {
        try kind.write(to: &output)
        try Count.write("length", of: body, messageSize: wireSize, to: &output)
        try body.writeTail(to: &output)
    }
}

/// A tail that is the rest of the datagram.
struct Rest<Tail: WireTail>: WireMessage {
    var head: UInt16
    var tail: Tail

    static var layout: MessageLayout {
        MessageLayout(
            name: "Rest",
            packing: [.init("head", UInt16.fieldType), .init("tail", .tail(TailType(Tail.tailElement)))]
        )
    }
    static var wireSizeMinimum: Int { 2 }
    static var isWireSizeFixed: Bool { false }
    var wireSize: Int { 2 + tail.tailByteCount }

    init(head: UInt16, tail: Tail) {
        (self.head, self.tail) = (head, tail)
    }

    init(from reader: inout WireReader) throws(WireError) {
        try reader.begin(Self.self)
        head = try reader.next("head")
        tail = try reader.nextTail("tail")
    }

    func write(to output: inout OutputRawSpan) throws(WireError) {
        try head.write(to: &output)
        try tail.writeTail(to: &output)
    }
}

extension WireReader {
    @_lifetime(self: copy self)
    mutating func next<Value: WireValue>(_ field: StaticString) throws(WireError) -> Value {
        try read(Value.self, field)
    }

    @_lifetime(self: copy self)
    mutating func nextTail<Tail: WireTail>(_ field: StaticString) throws(WireError) -> Tail {
        try readTail(Tail.self, field)
    }
}

/// The bytes that `write` appends to a buffer of `count` bytes.
func encoding(_ count: Int, _ write: (inout OutputRawSpan) throws(WireError) -> Void) throws(WireError)
    -> [UInt8]
{
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { unsafe buffer.deallocate() }
    var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
    try write(&output)
    let written = unsafe output.finalize(for: buffer)
    return unsafe [UInt8](buffer[..<written])
}

extension WireMessage {
    var encoded: [UInt8] {
        get throws(WireError) {
            try encoding(wireSize) { output throws(WireError) in try encode(into: &output) }
        }
    }

    init(decoding bytes: [UInt8]) throws(WireError) {
        try self.init(decoding: unsafe bytes.span.bytes)
    }
}

extension DynamicMessage {
    init(decoding bytes: [UInt8], as layout: MessageLayout) throws(WireError) {
        try self.init(decoding: unsafe bytes.span.bytes, as: layout)
    }

    var encoded: [UInt8] {
        get throws(WireError) {
            try encoding(wireSize) { output throws(WireError) in try encode(into: &output) }
        }
    }
}
