import ParleyMacros

// The messages that the tests send to and fro.

/// `struct { char name[13]; uint32_t math, chinese; } __attribute__((packed))`
@WireMessage
struct Score: Hashable {
    var name: CString<13>
    var math, chinese: UInt32
}

enum Colour: UInt16, WireValue, CaseIterable {
    case red = 1
    case green = 0x0203
}

/// A field of every kind that has a fixed size.
@WireMessage
struct Everything: Hashable {
    let version: UInt8 = 7
    var small: Int8
    var unsigned16, unsigned16b: UInt16
    var signed16: Int16 = -2
    var signed32: Int32
    var unsigned64: UInt64
    var signed64: Int64
    var single: Float
    var double: Double
    var flag: Bool
    var colour: Colour
    var text: CString<5>
    var key: Bytes<3>
    var reserved: Reserved<2>
    var pair: [2 of UInt16]
    var little: LittleEndian<UInt32>
    var point: Point
    private(set) var last: UInt8

    static let shared = 3
    static var counter: Int { 4 }
    var computed: Int { 5 }
    var both: UInt8 {
        get { last }
        set { last = newValue }
    }
}

@WireMessage
struct Point: Hashable {
    var x: Int16 {
        didSet { moves += 0 }
    }
    var y: Int16 = 0
    var moves: UInt8 = 0
}

/// The tail is the rest.
@WireMessage
struct Note: Hashable {
    var id: UInt16
    var text: TailText
}

@WireMessage
struct Block: Hashable {
    var length: ByteCount<UInt16>
    var body: [UInt8]
}

@WireMessage
struct Points: Hashable {
    var kind: UInt8
    var count: ItemCount<UInt8>
    var items: [Point]
}

/// As in UDP: the length is that of the whole.
@WireMessage
struct Datagram: Hashable {
    var source, destination: UInt16
    var length: MessageByteCount<UInt16>
    var checksum: UInt16 = 0
    var payload: [UInt8]
}

@WireMessage
struct TLV: Hashable {
    var type: UInt8
    var length: ByteCount<UInt8>
    var value: [UInt8]
}

@WireMessage
struct Options: Hashable {
    let magic: CString<2> = "OP"
    var list: [TLV]
}

@WireMessage
struct Huge: Hashable {
    var count: ItemCount<UInt64>
    var items: [UInt32]
}

@WireMessage(tag: UInt8.self)
enum Packet: Hashable {
    @Tag(1) case score(Score)
    @Tag(0x02) case block(Block)
    @Tag(3) case bye
    @Tag(4) case number(UInt32)
    @Tag(5) case text(words: TailText)
}

@WireMessage(tag: LittleEndian<UInt16>.self, named: "kind")
enum Open: Hashable {
    @Tag(0x0102) case point(Point)
    case unknown(tag: LittleEndian<UInt16>, [UInt8])
}

enum Kind: UInt8, WireTag {
    case request = 1
    case reply = 2
}

@WireMessage
struct Request: Hashable {
    var id: UInt8
    var kind: Kind = .request
    var question: UInt16
}

@WireMessage
struct Reply: Hashable {
    var id: UInt8
    let kind: Kind = .reply
    var answer: TailText
}

@WireMessage(tag: Kind.self, at: 1, named: "kind")
enum Exchange: Hashable {
    @Tag(Kind.request) case request(Request)
    @Tag(Kind.reply) case reply(Reply)
}

@WireMessage(tag: UInt8.self, at: 1)
enum OpenExchange: Hashable {
    @Tag(1) case request(Request)
    case unknown(tag: UInt8, [UInt8])
}

/// A union inside a message.
@WireMessage
struct Envelope: Hashable {
    var sequence: UInt32
    var packet: Packet
}

@WireMessage
struct Empty: Hashable {}

@WireMessage
struct Pair<Element: WireValue & Hashable>: Hashable {
    var first: Element
    var second: Element
}

/// The generated code of a public type is part of its module's interface.
@WireMessage
public struct Shown: Hashable, Sendable {
    public var grid: [2 of UInt8]
    public var `default`: UInt16 = 9
    public var reader: UInt8
    public let fixed: Colour2 = .blue
    public var length: ByteCount<LittleEndian<UInt16>>
    public var output: [UInt16]

    public enum Colour2: UInt8, WireValue { case blue = 4 }
}
