public import ParleyWire

/// A question under a number, and its answer.
public struct Order: WireMessage, Equatable {
    public var number: MessageNumber<UInt16>
    public var amount: UInt32

    public init(number: MessageNumber<UInt16> = 0, amount: UInt32) {
        self.number = number
        self.amount = amount
    }

    public static let layout = MessageLayout(
        name: "Order",
        packing: [.number("number", MessageNumber<UInt16>.self), .field("amount", UInt32.self)]
    )

    public static var wireSizeMinimum: Int { 6 }

    public init(from reader: inout WireReader) throws(WireError) {
        number = try reader.read(MessageNumber<UInt16>.self, "number")
        amount = try reader.read(UInt32.self, "amount")
    }

    public func write(to output: inout OutputRawSpan) throws(WireError) {
        try number.write(to: &output)
        try amount.write(to: &output)
    }
}
