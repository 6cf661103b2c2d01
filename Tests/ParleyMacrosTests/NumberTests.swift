import ParleyMacros
import Testing

@WireMessage
struct Order: Hashable {
    var kind: UInt8 = 1
    var number: MessageNumber<UInt16>
    var amount: LittleEndian<UInt32>
}

@WireMessage
struct Delivery: Hashable {
    var head: Order
    var number: MessageNumber<LittleEndian<UInt32>> = 7
    var note: TailText
}

@WireMessage(tag: UInt8.self)
enum Parcels: Equatable {
    @Tag(1) case order(Order)
    @Tag(2) case nothing
}

/// A number is a field whose place the layout knows.
@Suite struct NumberTests {
    @Test func `a number is 0 until somebody fills it in, and has its integer's bytes`() throws {
        let order = Order(amount: 3)
        #expect(try order.encodedBytes() == [1, 0, 0, 3, 0, 0, 0])
        #expect(try Order(decoding: [1, 0x12, 0x34, 3, 0, 0, 0]).number == 0x1234)
        #expect(Order(number: 5, amount: 3).number.value == 5)
        #expect(Delivery(head: order, note: "x").number.value.value == 7)
    }

    private func place(_ numbering: MessageNumbering, _ bytes: [UInt8]) -> MessageNumbering.Place? {
        unsafe numbering.place(in: bytes.span.bytes)
    }

    @Test func `the coder knows where it lies, in a message, in one inside of it and in a case`() throws {
        let order = try #require(WireCoder<Order>().numbering)
        #expect(place(order, [1, 2, 3, 4])?.offset == 1)
        // The first one there is: the header's.
        let delivery = try #require(WireCoder<Delivery>().numbering)
        #expect(place(delivery, [UInt8](repeating: 0, count: 11))?.offset == 1)
        let parcels = try #require(WireCoder<Parcels>().numbering)
        #expect(place(parcels, [1, 1, 0x12, 0x34, 0, 0, 0, 0])?.offset == 2)
        #expect(place(parcels, [2]) == nil)
        #expect(WireCoder<Score>().numbering == nil)
    }
}
