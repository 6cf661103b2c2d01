import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Sequenced packets: messages in order, with their borders, on a connection that ends.
@Suite struct SequencedPacketTests {
    @Test func messagesKeepTheirBordersAndTheirOrder() throws {
        let pair = try packetPair()
        for size in [1, 0, 100_000, 7, 0] { #expect(try pair.first.packet(size) == size) }
        for size in [1, 0, 100_000, 7, 0] { #expect(try pair.second.nextPacket() == .message(size)) }
        #expect(try pair.second.nextPacket() == .wouldBlock)
    }

    @Test func aMessageWithoutAByteIsNoEndAndTheEndIsNoMessage() throws {
        let pair = try packetPair()
        #expect(try pair.first.packet(0) == 0)
        try pair.first.shutdown(.sending)
        #expect(try pair.second.nextPacket() == .message(0))
        // And it stays the end.
        for _ in 0..<3 { #expect(try pair.second.nextPacket() == .end) }
        // Half of it: the other direction lives on.
        #expect(try pair.second.packet(3) == 3)
        #expect(try pair.first.nextPacket() == .message(3))
    }

    @Test func aBatchHoldsTheMessagesBeforeTheEndAndSaysThatItIsThere() throws {
        let pair = try packetPair()
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
        defer { unsafe memory.deallocate() }
        var batch = unsafe PacketBatch(capacity: 4, slotBytes: 16, lending: memory)
        #expect(try !pair.second.receive(into: &batch))
        for size in [0, 5, 0] { #expect(try pair.first.packet(size) == size) }
        #expect(try pair.second.receive(into: &batch))
        #expect(batch.count == 3 && !batch.isAtEnd)
        for size in [0, 20] { #expect(try pair.first.packet(size) == size) }
        try pair.first.shutdown(.sending)
        #expect(try pair.second.receive(into: &batch))
        #expect(batch.isAtEnd && batch.count == 2)
        #expect(batch.sentByteCount(0) == 0 && batch.sentByteCount(1) == 20)
        #expect(try pair.second.receive(into: &batch))
        #expect(batch.isAtEnd && batch.count == 0)
    }

    @Test func whatWasQueuedBeforeTheSocketWasAcceptedIsMarkedToo() throws {
        let name = "parley-test-\(UInt64.random(in: 0 ... .max))"
        let server = try listener("seqpacket://@\(name)")
        let client = try connect(to: server.localAddress, as: "seqpacket://@x")
        #expect(try client.packet(0) == 0)
        client.close()
        let child = try accept(server)
        try child.setTellsEnd(true)
        #expect(try child.nextPacket() == .message(0))
        #expect(try child.nextPacket() == .end)
    }

    @Test func aMessageLargerThanTheSendQueueIsATypedErrorAndTheConnectionLivesOn() throws {
        let pair = try packetPair()
        let queue = Int(try pair.first.sendBufferBytes)
        let error = refusal { try pair.first.packet(queue - 31) }
        #expect(error?.code == .messageTooLong)
        #expect(error?.remedy.contains("sndbuf") == true)
        #expect(try pair.first.packet(queue - 32) == queue - 32)
        #expect(try pair.second.nextPacket(capacity: 1 << 20) == .message(queue - 32))
    }

    @Test func aFullQueueIsNoErrorAndTakesNoPart() throws {
        let pair = try packetPair()
        var count = 0
        while try pair.first.packet(1000) != nil { count += 1 }
        #expect(count > 10)
        for _ in 0..<count { #expect(try pair.second.nextPacket() == .message(1000)) }
        #expect(try pair.second.nextPacket() == .wouldBlock)
        #expect(try pair.first.packet(1000) == 1000)
    }

    @Test func aPeerThatClosedIsATypedErrorAndNoSignal() async {
        await #expect(processExitsWith: .success) {
            _ = signal(SIGPIPE, SIG_DFL)
            let pair = try packetPair()
            let first = pair.first
            pair.second.close()
            #expect(refusal { try first.packet(1) }?.code == .brokenPipe)
            #expect(refusal { try first.packet(1) }?.code == .brokenPipe)
            // Closed with something unread: a reset, told once.
            let other = try packetPair()
            let survivor = other.first
            #expect(try survivor.packet(1) == 1)
            other.second.close()
            #expect(refusal { try survivor.packet(1) }?.code == .connectionReset)
            #expect(refusal { try survivor.packet(1) }?.code == .brokenPipe)
            #expect(try survivor.nextPacket() == .end)
        }
    }

    @Test func anotherTypeOfSocketAtThePathIsATypedErrorWithTheTransportsToTry() throws {
        try withDirectory { directory in
            let server = try listener("seqpacket://\(directory)/s")
            let error = refusal { try connect(to: server.localAddress) }
            #expect(error?.code == .wrongProtocolType)
            #expect(error?.remedy.contains("seqpacket:") == true)
            #expect(
                refusal { try datagram("unixgram:").say("x", to: server.localAddress) }?.code
                    == .wrongProtocolType
            )
        }
    }
}

/// Two ends that tell their end.
func packetPair() throws -> SocketPair {
    let pair = try Socket.pair(.sequencedPacket)
    try pair.first.setTellsEnd(true)
    try pair.second.setTellsEnd(true)
    return pair
}

/// What a packet socket had, as the tests compare it.
enum SequencedPacket: Equatable {
    case message(Int)
    case end, wouldBlock
}

extension Socket {
    func packet(_ byteCount: Int) throws -> Int? {
        unsafe try send([UInt8](repeating: 7, count: byteCount).span.bytes)
    }

    func nextPacket(capacity: Int = 1 << 17) throws -> SequencedPacket {
        var bytes = [UInt8](repeating: 0, count: capacity)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        switch try receiveSequenced(into: &raw) {
        case .message(let delivery): return .message(delivery.byteCount)
        case .end: return .end
        case .wouldBlock: return .wouldBlock
        }
    }
}
