import ParleyMacros
import ParleyTypes
import Testing

/// A byte that is refused when it is 0xFF, in both directions. Its encoder says no offset: as people write it.
struct Picky: WireValue, Equatable {
    var byte: UInt8

    static var fieldType: FieldType { .integer(IntegerType(bytes: 1, isSigned: false)) }
    static var wireSizeMinimum: Int { 1 }

    init(_ byte: UInt8) { self.byte = byte }

    init(from reader: inout WireReader) throws(WireError) {
        let offset = reader.offset
        byte = try UInt8(from: &reader)
        if byte == 0xFF { throw WireError(.notBoolean(byte), offset: offset) }
    }

    func write(to output: inout OutputRawSpan) throws(WireError) {
        if byte == 0xFF { throw WireError(.notBoolean(byte)) }
        try byte.write(to: &output)
    }
}

@WireMessage
struct PickyLeaf: Equatable {
    var id: UInt16
    var value: Picky
    var pair: [2 of Picky]
}

@WireMessage
struct PickyList: Equatable {
    var value: Picky
    var length: ByteCount<UInt16>
    var items: [PickyNode]
}

@WireMessage
struct PickyRow: Equatable {
    var head: UInt32
    var leaf: PickyLeaf
    var cells: [3 of PickyLeaf]
    var count: ItemCount<UInt8>
    var tail: [Picky]
}

@WireMessage(tag: UInt16.self)
indirect enum PickyNode: Equatable {
    @Tag(1) case leaf(PickyLeaf)
    @Tag(2) case row(PickyRow)
    @Tag(3) case list(PickyList)
    @Tag(4) case wrapped(PickyNode)
    @Tag(5) case bare(Picky)
}

/// The same bits as a constant that decoding checks, and as a number that encoding checks.
@WireMessage
struct BitsRead {
    var head: UInt16
    @Bits(3) var a: UInt8
    @Bits(9) var b: UInt16
    @Bits(4) let c: UInt8 = 5
    var last: UInt8
}

@WireMessage
struct BitsWritten {
    var head: UInt16
    @Bits(3) var a: UInt8
    @Bits(9) var b: UInt16
    @Bits(4) var c: UInt8
    var last: UInt8
}

@WireMessage
struct BitsReadOuter {
    var name: CString<3>
    var list: [BitsRead]
}

@WireMessage
struct BitsWrittenOuter {
    var name: CString<3>
    var list: [BitsWritten]
}

@Suite struct EncodeErrorTests {
    /// Makes values, the one numbered `bad` being 0xFF.
    private struct Maker {
        var random: SeededGenerator
        var bad: Int
        var made = 0

        mutating func picky() -> Picky {
            defer { made += 1 }
            return Picky(made == bad ? 0xFF : UInt8.random(in: 0...0xFD, using: &random))
        }
        mutating func leaf() -> PickyLeaf {
            PickyLeaf(id: random.number(), value: picky(), pair: [picky(), picky()])
        }
        mutating func node(_ depth: Int) -> PickyNode {
            switch Int.random(in: depth > 4 ? 3...4 : 0...4, using: &random) {
            case 0:
                let first = picky()
                let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in node(depth + 1) }
                return .list(PickyList(value: first, items: items))
            case 1:
                return .wrapped(node(depth + 1))
            case 2:
                return .row(
                    PickyRow(
                        head: random.number(),
                        leaf: leaf(),
                        cells: [leaf(), leaf(), leaf()],
                        tail: (0..<Int.random(in: 0...3, using: &random)).map { _ in picky() }
                    )
                )
            case 3: return .leaf(leaf())
            default: return .bare(picky())
            }
        }
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `an encoder names the field and the byte that a decoder would`(seed: UInt64) throws {
        var counter = Maker(random: SeededGenerator(seed: seed), bad: -1)
        let good = try counter.node(0).encoded()
        for bad in 0..<counter.made {
            var maker = Maker(random: SeededGenerator(seed: seed), bad: bad)
            let node = maker.node(0)
            var found: WireError?
            do throws(WireError) { _ = try node.encoded() } catch { found = error }
            let error = try #require(found, "seed \(seed)")
            // The same bytes with the bad one in its place: the decoder must stop at the same field and byte.
            var bytes = good
            try #require(bytes.indices.contains(error.offset), "seed \(seed): \(error)")
            bytes[error.offset] = 0xFF
            #expect(failure(PickyNode.self, bytes) == error, "seed \(seed)")
        }
    }

    @Test func `bytes that are in the buffer before the message are not counted`() throws {
        let node = PickyNode.leaf(PickyLeaf(id: 1, value: Picky(0), pair: [Picky(0), Picky(0xFF)]))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 1)
        defer { unsafe buffer.deallocate() }
        var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
        for _ in 0..<10 { output.append(0) }
        #expect(throws: WireError(.notBoolean(0xFF), field: "leaf.pair[1]", offset: 6)) {
            try node.encode(into: &output)
        }
    }

    @Test func `bits are told at the byte that holds their first, as decoding does`() throws {
        var message = BitsWritten(head: 0, a: 1, b: 2, c: 16, last: 0)
        func offset(_ message: BitsWritten) -> WireError? {
            do throws(WireError) {
                _ = try BitsWrittenOuter(name: "x", list: [message, message]).encoded()
                return nil
            } catch {
                return error
            }
        }
        let wrong = try BitsWrittenOuter(name: "x", list: [.init(head: 0, a: 1, b: 2, c: 6, last: 0)])
            .encoded()
        let read = failure(BitsReadOuter.self, wrong)
        #expect(offset(message)?.field == "list[0].c" && read?.field == "list[0].c")
        #expect(offset(message)?.offset == read?.offset)
        (message.b, message.c) = (512, 0)
        #expect(offset(message)?.offset == 3 + 2 && offset(message)?.field == "list[0].b")
    }

    @Test func `a count that is too small is told where it stands`() {
        let block = TLV(type: 1, value: [UInt8](repeating: 0, count: 256))
        let options = Options(list: [TLV(type: 1, value: [1, 2]), block])
        #expect(
            throws: WireError(
                .countOverflow(256, unit: .bytes, maximum: 255),
                field: "list[1].length",
                offset: 2 + 4 + 1
            )
        ) {
            try options.encoded()
        }
        #expect(throws: WireError(.tooShort(needed: 1, found: 0), field: "tag", offset: 1)) {
            try OpenExchange.unknown(tag: 8, [1]).encoded()
        }
    }
}
