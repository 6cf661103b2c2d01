import ParleyNetwork
import ParleyTypes
import Testing

/// What a port with borders gets from the seam when it does the least.
@Suite struct MessagePortTests {
    /// Takes so many messages, then has no room; refuses empty ones.
    private final class NarrowPort: MessagePort, @unchecked Sendable {
        var room: Int
        var taken: [(bytes: [UInt8], recipient: SocketAddress?, source: SocketAddress?)] = []
        var localAddress: SocketAddress { .unix(.unnamed) }
        var remoteAddress: SocketAddress? { nil }
        var messageBytesMax: Int { 100 }

        init(room: Int) { self.room = room }

        func transmit(
            _ bytes: RawSpan,
            to recipient: SocketAddress?,
            from source: SocketAddress?
        ) throws(SocketError) -> Bool {
            if bytes.byteCount == 0 { throw SocketError(.send, .invalidArgument) }
            guard room > 0 else { return false }
            room -= 1
            taken.append((unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, recipient, source))
            return true
        }

        func receive(into batch: ReceiveBatch) -> ReceiveResult { .wouldBlock }
        func waitUntilReadable(until deadline: MonotonicInstant) {}
        func waitUntilWritable(until deadline: MonotonicInstant) {}
        func finishReceiving() {}
        func close() {}
    }

    private let bytes: [UInt8] = Array(0..<20)
    private let one = SocketAddress.ipv4(.loopback, port: 1)
    private let two = SocketAddress.ipv4(.loopback, port: 2)

    private func transmit(
        _ list: [Transmit],
        _ position: inout TransmitPosition,
        over port: NarrowPort
    ) throws(SocketError) -> Int {
        try unsafe port.transmit(bytes.span.bytes, list.span, at: &position)
    }

    @Test func `a list goes one by one where a port knows no lists, and on from where there was no room`()
        throws
    {
        let port = NarrowPort(room: 2)
        let list = [Transmit(0..<5, segmentBytes: 2, to: one), Transmit(5..<9, to: two, from: one)]
        var position = TransmitPosition()
        #expect(try transmit(list, &position, over: port) == 2)
        #expect(position == TransmitPosition(index: 0, offset: 4))
        #expect(try transmit(list, &position, over: port) == 0)
        port.room = 5
        #expect(try transmit(list, &position, over: port) == 2)
        #expect(position == TransmitPosition(index: 2))
        #expect(port.taken.map(\.bytes) == [[0, 1], [2, 3], [4], [5, 6, 7, 8]])
        #expect(port.taken.map(\.recipient) == [one, one, one, two] && port.taken.last?.source == one)
    }

    @Test func `a failure is thrown when it is first, and only then`() throws {
        let port = NarrowPort(room: 5)
        let list = [Transmit(0..<1), Transmit(1..<1), Transmit(1..<2)]
        var position = TransmitPosition()
        #expect(try transmit(list, &position, over: port) == 1)
        let error = #expect(throws: SocketError.self) { try transmit(list, &position, over: port) }
        #expect(error?.code == .invalidArgument && position == TransmitPosition(index: 1))
        #expect(position.skip(list[1]) == 1)
        #expect(try transmit(list, &position, over: port) == 1)
        #expect(port.taken.map(\.bytes) == [[0], [1]])
    }

    @Test func `a port that can do nothing more says so`() {
        let port = NarrowPort(room: 0)
        #expect(port.enable([.ecn, .departures]) == [])
        #expect(port.driven == nil && port.groups == nil && port.descriptors == nil)
    }

    @Test func `a batch keeps what fits into a slot and marks the rest`() {
        let batch = ReceiveBatch(slots: 2, slotBytes: 4)
        unsafe batch.append(bytes.span.bytes.extracting(first: 3), from: one)
        unsafe batch.append(bytes.span.bytes, from: two, to: one)
        #expect(batch.count == 2 && batch.entry(0).byteCount == 3 && !batch.entry(0).isTruncated)
        #expect(batch.entry(1).isTruncated && batch.entry(1).sentByteCount == 20)
        #expect(batch.entry(1).sender == two && batch.entry(1).recipient == one)
        #expect(batch.bytes(1).byteCount == 4)
    }

    @Test func `what is beyond a batch traps with a sentence`() async {
        await #expect(processExitsWith: .failure) {
            ReceiveBatch(slots: 1, slotBytes: 1).count = 2
        }
        await #expect(processExitsWith: .failure) {
            _ = ReceiveBatch(slots: 1, slotBytes: 1).entry(-1)
        }
    }
}
