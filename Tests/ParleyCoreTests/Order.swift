import ParleyWire

/// A question under a number, written out by hand: these tests need no macro.
struct Order: WireMessage, Equatable {
    var number: MessageNumber<UInt16>
    var amount: UInt32

    init(number: MessageNumber<UInt16> = 0, amount: UInt32) {
        self.number = number
        self.amount = amount
    }

    static let layout = MessageLayout(
        name: "Order",
        packing: [.number("number", MessageNumber<UInt16>.self), .field("amount", UInt32.self)]
    )

    static var wireSizeMinimum: Int { 6 }

    init(from reader: inout WireReader) throws(WireError) {
        number = try reader.read(MessageNumber<UInt16>.self, "number")
        amount = try reader.read(UInt32.self, "amount")
    }

    func write(to output: inout OutputRawSpan) throws(WireError) {
        try number.write(to: &output)
        try amount.write(to: &output)
    }
}
