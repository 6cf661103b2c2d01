import ParleyMacros
import ParleyTypes
import Testing

/// A `DynamicMessage` of a type's layout accepts the same bytes, refuses the same bytes with the same error, and
/// writes the same.
@Suite struct AgreementTests {
    private func compare<Message: WireMessage>(_ type: Message.Type, seed: UInt64, lengths: ClosedRange<Int>)
        throws
    {
        var random = SeededGenerator(seed: seed)
        let layout = CompiledLayout(Message.layout)
        for _ in 0..<500 {
            var bytes = random.bytes(Int.random(in: lengths, using: &random))
            // Small numbers are the ones that tags and counts look at.
            for index in bytes.indices where Bool.random(using: &random) { bytes[index] %= 6 }
            var dynamic: Result<[UInt8], WireError>
            var typed: Result<[UInt8], WireError>
            do throws(WireError) {
                let span = unsafe bytes.span.bytes
                dynamic = .success(try DynamicMessage(decoding: span, as: layout).bytes)
            } catch {
                dynamic = .failure(error)
            }
            do throws(WireError) {
                typed = .success(try Message(decoding: bytes).encodedBytes())
            } catch {
                typed = .failure(error)
            }
            #expect(typed == dynamic, "\(Message.self) \(bytes) seed \(seed)")
        }
    }

    @Test(arguments: 1..<5 as Range<UInt64>)
    func `both read of a layout the same`(seed: UInt64) throws {
        try compare(Score.self, seed: seed, lengths: 0...23)
        try compare(Everything.self, seed: seed, lengths: 0...70)
        try compare(Point.self, seed: seed, lengths: 0...6)
        try compare(Note.self, seed: seed, lengths: 0...9)
        try compare(Block.self, seed: seed, lengths: 0...9)
        try compare(Points.self, seed: seed, lengths: 0...24)
        try compare(Datagram.self, seed: seed, lengths: 0...12)
        try compare(Huge.self, seed: seed, lengths: 0...24)
        try compare(Packet.self, seed: seed, lengths: 0...30)
        try compare(Open.self, seed: seed, lengths: 0...12)
        try compare(Exchange.self, seed: seed, lengths: 0...8)
        try compare(OpenExchange.self, seed: seed, lengths: 0...8)
        try compare(Envelope.self, seed: seed, lengths: 0...30)
        try compare(Pair<Bool>.self, seed: seed, lengths: 0...3)
        try compare(Shown.self, seed: seed, lengths: 0...12)
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `also of a message with one changed byte, cut anywhere`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bytes = BytesTests.everythingBytes
        bytes[Int.random(in: bytes.indices, using: &random)] = random.number()
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &random) / 2)
        let typed = failure(Everything.self, bytes)
        var dynamic: WireError?
        do throws(WireError) {
            let span = unsafe bytes.span.bytes
            _ = try DynamicMessage(decoding: span, as: Everything.layout)
        } catch {
            dynamic = error
        }
        #expect(typed == dynamic)
    }
}
