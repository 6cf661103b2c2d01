import ParleyText
import ParleyWire

/// Layouts that the tests of this target share.
enum Samples {
    static let u8 = FieldType.integer(IntegerType(bytes: 1, isSigned: false))
    static let u16 = FieldType.integer(IntegerType(bytes: 2, isSigned: false))
    static let u32 = FieldType.integer(IntegerType(bytes: 4, isSigned: false))
    static let u64 = FieldType.integer(IntegerType(bytes: 8, isSigned: false))
    static let i32 = FieldType.integer(IntegerType(bytes: 4, isSigned: true))
    static let colour = FieldType.enumeration(
        EnumerationType(
            name: "Colour",
            integer: IntegerType(bytes: 2, isSigned: false),
            cases: [.init(name: "red", value: 1), .init(name: "green", value: 2)],
            isOpen: true
        )
    )

    static let score = CompiledLayout(
        MessageLayout(
            name: "msg_st",
            packing: [.init("name", .text(capacity: 13)), .init("math", u32), .init("chinese", u32)]
        )
    )

    /// The same struct with `uint8_t name[13]`.
    static let byteScore = CompiledLayout(
        MessageLayout(
            name: "msg_st",
            packing: [.init("name", .bytes(count: 13)), .init("math", u32), .init("chinese", u32)]
        )
    )

    static let point = MessageLayout(name: "Point", packing: [.init("x", i32), .init("y", i32)])

    /// One field of every kind, a nested message, arrays and a counted tail of messages.
    static let everything = CompiledLayout(
        MessageLayout(
            name: "Everything",
            packing: [
                .init("magic", u16, role: .constant(0xCAFE)),
                .init("small", .integer(.init(bytes: 1, isSigned: true))),
                .init("wide", u64), .init("single", .float(bytes: 4, order: .big)),
                .init("double", .float(bytes: 8, order: .little)), .init("flag", .bool),
                .init("spare", .bytes(count: 2), role: .reserved), .init("colour", colour),
                .init("key", .bytes(count: 4)), .init("grid", .array(of: u16, count: 3)),
                .init("origin", .message(point)), .init("count", u8, role: .count),
                .init(
                    "points",
                    .tail(TailType(.items(.message(point)), count: .init(field: "count", unit: .items)))
                ),
            ]
        )
    )

    static let everythingValues: FieldValues = [
        "small": -5, "wide": .unsigned(.max), "single": 0.5, "double": 1e300, "flag": true, "colour": 2,
        "key": .bytes([0, 1, 0xFE, 0xFF]), "grid": [1, 2, 3], "origin": ["x": -1, "y": 1],
        "points": [["x": 1, "y": 2], ["x": 3, "y": 4]],
    ]

    static func kinds(isOpen: Bool = false) -> CompiledLayout {
        let hello = MessageLayout(name: "Hello", packing: [.init("name", .text(capacity: 4))])
        let data = MessageLayout(name: "Data", packing: [.init("body", .tail(TailType(.bytes)))])
        return CompiledLayout(
            MessageLayout(
                name: "Packet",
                packing: [],
                variants: .init(
                    tag: IntegerType(bytes: 1, isSigned: false),
                    tagName: "kind",
                    placement: .before,
                    cases: [
                        .init(tag: 1, name: "hello", layout: hello),
                        .init(tag: 2, name: "data", layout: data),
                    ],
                    isOpen: isOpen
                )
            )
        )
    }
}

extension DynamicMessage {
    init(_ bytes: [UInt8], as compiled: CompiledLayout) throws(WireError) {
        try self.init(decoding: unsafe bytes.span.bytes, as: compiled)
    }
}
