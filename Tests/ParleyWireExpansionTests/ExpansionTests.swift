import Testing

@Suite struct ExpansionTests {
    @Test func `a public struct with a counted tail`() {
        let expansion = Expansion(
            of: """
                @WireMessage
                public struct Block: Hashable {
                    public let version: UInt8 = 1
                    public var length: ByteCount<UInt16>
                    public var key: [2 of UInt8] = [0, 0]
                    public var body: [UInt8]
                }
                """
        )
        #expect(expansion.sentences.isEmpty)
        let expected = """
            public struct Block: Hashable {
                public let version: UInt8 = 1
                public var length: ByteCount<UInt16>
                public var key: [2 of UInt8] = [0, 0]
                public var body: [UInt8]

                @inlinable nonisolated public init(key: [2 of UInt8] = [0, 0], body: [UInt8]) {
                    self.length = ByteCount<UInt16>()
                    self.key = key
                    self.body = body
                }
            }

            nonisolated extension Block: WireMessage {
                public static let layout = MessageLayout(
                    name: "Block",
                    packing: [
                        .constant("version", UInt8.self, 1),
                        .count("length", ByteCount<UInt16>.self),
                        .field("key", [2 of UInt8].self),
                        .tail("body", [UInt8].self, countedBy: "length", ByteCount<UInt16>.self),
                    ]
                )

                @inlinable public static var wireSizeMinimum: Int {
                    var size = 0
                    size += UInt8.wireSizeFixed
                    size += ByteCount<UInt16>.wireSizeMinimum
                    size += [2 of UInt8].wireSizeFixed
                    return size
                }

                @inlinable public static var isWireSizeFixed: Bool {
                    false
                }

                @inlinable public var wireSize: Int {
                    Self.wireSizeMinimum + self.body.tailByteCount
                }

                @inlinable public init(from reader: inout WireReader) throws(WireError) {
                    let start = try reader.begin(Self.self)
                    try reader.expect(self.version, "version")
                    self.length = ByteCount<UInt16>()
                    let count = try reader.readCount(ByteCount<UInt16>.self, "length")
                    self.key = try reader.read([2 of UInt8].self, "key")
                    self.body = try reader.readTail(
                        [UInt8].self, "body",
                        counted: count, by: ByteCount<UInt16>.self, messageStart: start)
                }

                @inlinable public func write(to output: inout OutputRawSpan) throws(WireError) {
                    try self.version.write("version", to: &output)
                    try ByteCount<UInt16>.write(
                        "length", of: self.body, messageSize: self.wireSize, to: &output)
                    try self.key.write("key", to: &output)
                    try self.body.writeTail("body", to: &output)
                }

                @inlinable public static func == (left: Self, right: Self) -> Bool {
                    guard left.key.isEqual(to: right.key) else {
                        return false
                    }
                    guard left.body == right.body else {
                        return false
                    }
                    return true
                }

                @inlinable public func hash(into hasher: inout Hasher) {
                    self.key.hashElements(into: &hasher)
                    hasher.combine(self.body)
                }
            }
            """
        #expect(expansion.source == "\n" + expected)  // the line of the attribute is left empty
    }

    @Test func `an initialiser of the source is not made again`() {
        let source = Expansion(
            of: "@WireMessage struct Message { var a: UInt8; init(a: UInt8) { self.a = a } }"
        ).source
        #expect(source.components("init(a:") == 1)
        let other = Expansion(of: "@WireMessage struct Message { var a: UInt8; init() { a = 1 } }").source
        #expect(other.components("init(a:") == 1)
    }

    @Test func `what is not public is not inlinable`() {
        #expect(!Expansion(of: "@WireMessage public struct M { var a: UInt8 }").source.contains("@inlinable"))
        #expect(
            Expansion(of: "@WireMessage public struct M { var a: UInt8 }").source.contains("public init(a:")
        )
        #expect(!Expansion(of: "@WireMessage struct M { var a: UInt8 }").source.contains("public"))
        #expect(
            Expansion(of: "@WireMessage package struct M { var a: UInt8 }").source.contains("package init(a:")
        )
    }
}

extension String {
    /// How often `part` occurs.
    fileprivate func components(_ part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
