import ParleySockets
import ParleyTypes
import Testing

@Suite struct BatchTests {
    @Test func aBatchBringsManyDatagramsEachWithItsOwnFacts() throws {
        let receiver = try datagram("udp://0.0.0.0:0")
        let senders = [try datagram("udp://127.0.0.1:0").take(), try datagram("udp://127.0.0.1:0").take()]
        let first = try Socket(takingOver: senders[0])
        let second = try Socket(takingOver: senders[1])
        var batch = DatagramBatch(capacity: 4, slotBytes: 8)
        #expect(try receiver.receive(into: &batch) == nil)

        try first.say("one", to: loopback(receiver.port))
        try second.say("", to: .ipv4(IPv4Address(127, 0, 0, 5), port: receiver.port))
        try first.say("0123456789", to: loopback(receiver.port))
        #expect(try receiver.receive(into: &batch) == 3)
        #expect(batch.count == 3)
        #expect(text(batch, 0) == "one" && text(batch, 1) == "" && text(batch, 2) == "01234567")
        #expect(batch.sender(0) == loopback(try first.port))
        #expect(batch.sender(1) == loopback(try second.port))
        #expect(batch.localAddress(1) == .ipv4(IPv4Address(127, 0, 0, 5), port: 0))
        #expect(batch.arrival(0).interface == (try Interfaces.index(of: "lo")))
        let isTruncated = (0..<3).map { batch.isTruncated($0) }
        #expect(isTruncated == [false, false, true])
        #expect(batch.sentByteCount(2) == 10)
    }

    @Test func aBatchIsReadyAgainAfterEveryCall() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        var batch = DatagramBatch(capacity: 3, slotBytes: 16)
        for round in 0..<20 {
            for index in 0...round % 5 { try sender.say("\(round) \(index)", to: loopback(receiver.port)) }
            var next = 0
            while let count = try receiver.receive(into: &batch) {
                for index in 0..<count {
                    #expect(text(batch, index) == "\(round) \(next)")
                    #expect(batch.sender(index) == loopback(try sender.port))
                    #expect(batch.localAddress(index) == loopback(0))
                    next += 1
                }
            }
            #expect(next == round % 5 + 1)
            #expect(batch.count == 0)
        }
    }

    @Test func datagramsLostToAFullQueueAreCounted() throws {
        let receiver = try datagram("udp://127.0.0.1:0?rcvbuf=4K")
        let sender = try datagram("udp://127.0.0.1:0")
        for _ in 0..<100 {
            #expect(try sender.say([UInt8](repeating: 1, count: 1000), to: loopback(receiver.port)))
        }
        var batch = DatagramBatch(capacity: 64, slotBytes: 1024)
        let kept = try #require(try receiver.receive(into: &batch))
        #expect(kept < 100)
        #expect(batch.arrival(0).drops == 0)
        // The count comes with the first datagram that was queued after the loss.
        try sender.say("last", to: loopback(receiver.port))
        #expect(try receiver.receive(into: &batch) == 1)
        #expect(batch.drops == UInt32(100 - kept))
    }

    @Test func manyDatagramsLeaveInOneCallEachToItsRecipientFromItsSource() throws {
        let first = try datagram("udp://127.0.0.1:0")
        let second = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://:0")
        var batch = OutgoingBatch(capacity: 3, byteCapacity: 16, family: sender.family)
        #expect(add("one", to: &batch, loopback(try first.port)) == .added)
        let source = SocketAddress.ipv4(IPv4Address(127, 0, 0, 6), port: 0)
        #expect(add("two", to: &batch, loopback(try second.port), from: source) == .added)
        #expect(add("this is too long", to: &batch, loopback(1)) == .full)
        #expect(add("", to: &batch, loopback(try first.port)) == .added)
        #expect(add("", to: &batch, loopback(1)) == .full)
        #expect(try sender.send(&batch) == 3)
        #expect(batch.count == 0)
        #expect(try first.next().bytes == Array("one".utf8))
        #expect(try first.next().bytes.isEmpty)
        let two = try second.next()
        #expect(two.bytes == Array("two".utf8))
        #expect(two.datagram.sender == source.with(port: try sender.port))
    }

    @Test func theDatagramThatFailsIsNamedAndTheOthersStillLeave() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        var batch = OutgoingBatch(capacity: 8, byteCapacity: 100, family: .ipv4)
        #expect(add("one", to: &batch, loopback(try receiver.port)) == .added)
        #expect(add("bad", to: &batch, loopback(0)) == .added)
        #expect(add("two", to: &batch, loopback(try receiver.port)) == .added)
        #expect(
            add("six", to: &batch, .ipv6(.loopback, port: 1, zone: 0)) == .refused(.addressFamilyNotSupported)
        )
        #expect(try sender.send(&batch) == 1)
        do {
            _ = try sender.send(&batch)
            Issue.record("port 0 was sent to")
        } catch {
            #expect(error.code == .invalidArgument)
            #expect(error.remote == loopback(0))
        }
        batch.dropFirst()
        #expect(try sender.send(&batch) == 1)
        #expect(batch.count == 0)
        #expect(try receiver.next().bytes == Array("one".utf8))
        #expect(try receiver.next().bytes == Array("two".utf8))
    }

    @Test func aWriterThatThrowsAddsNothing() {
        struct Refused: Error {}
        var batch = OutgoingBatch(capacity: 2, byteCapacity: 10, family: .ipv4)
        do {
            _ = try batch.append(reserving: 10, to: nil) { output throws(Refused) in
                output.append(1)
                throw Refused()
            }
            Issue.record("the error was lost")
        } catch {}
        #expect(batch.count == 0)
        #expect(add("0123456789", to: &batch, loopback(1)) == .added)
    }

    @Test func indicesBeyondTheBatchTrapWithASentence() async {
        await #expect(processExitsWith: .failure) {
            let batch = DatagramBatch(capacity: 1, slotBytes: 1)
            _ = batch.sender(0)
        }
        await #expect(processExitsWith: .failure) {
            _ = DatagramBatch(capacity: 1025, slotBytes: 1)
        }
    }

    private func text(_ batch: borrowing DatagramBatch, _ index: Int) -> String {
        unsafe batch.bytes(index).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private func add(
        _ text: String,
        to batch: inout OutgoingBatch,
        _ recipient: SocketAddress,
        from source: SocketAddress? = nil
    ) -> OutgoingBatch.Outcome {
        let bytes = Array(text.utf8)
        return unsafe batch.append(bytes.span.bytes, to: recipient, from: source)
    }
}
