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
        let source = SocketAddress.ipv4(IPv4Address(127, 0, 0, 6), port: 0)
        var post = Post()
        post.add("one", to: loopback(try first.port))
        post.add("two", to: loopback(try second.port), from: source)
        post.add("", to: loopback(try first.port))
        #expect(try post.send(by: sender) == 3)
        #expect(post.position == TransmitPosition(index: 3))
        #expect(try first.next().bytes == Array("one".utf8))
        #expect(try first.next().bytes.isEmpty)
        let two = try second.next()
        #expect(two.bytes == Array("two".utf8))
        #expect(two.datagram.sender == source.with(port: try sender.port))
    }

    @Test func theDatagramThatFailsIsNamedAndTheOthersStillLeave() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        var post = Post()
        let bad = [loopback(0), .ipv6(.loopback, port: 1, zone: 0)]
        post.add("one", to: loopback(try receiver.port))
        for recipient in bad { post.add("bad", to: recipient) }
        post.add("two", to: loopback(try receiver.port))
        #expect(try post.send(by: sender) == 1)
        for (recipient, code) in zip(bad, [ErrorCode.invalidArgument, .addressFamilyNotSupported]) {
            let error = #expect(throws: SocketError.self) { try post.send(by: sender) }
            #expect(error?.code == code && error?.remote == recipient)
            post.giveUpFirst()
        }
        #expect(try post.send(by: sender) == 1)
        #expect(post.position.index == 4)
        #expect(try receiver.next().bytes == Array("one".utf8))
        #expect(try receiver.next().bytes == Array("two".utf8))
    }

    @Test func aTrainIsPassedOverDatagramByDatagram() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        var post = Post()
        for text in ["one", "two", "3"] { post.add(text, to: loopback(try receiver.port)) }
        #expect(post.list.count == 1 && post.list[0].datagramCount == 3)
        post.giveUpFirst()
        #expect(post.position == TransmitPosition(index: 0, offset: 3))
        #expect(try post.send(by: sender) == 2)
        #expect(try receiver.next().bytes == Array("two".utf8))
        #expect(try receiver.next().bytes == Array("3".utf8))
    }

    @Test(arguments: [
        ("udp://127.0.0.1:0", "udp://127.0.0.1:0"), ("udp://[::1]:0", "udp://[::1]:0"),
        // IPv4 from a socket for both families, and to one.
        ("udp://:0", "udp://127.0.0.1:0"), ("udp://127.0.0.1:0", "udp://:0"), ("udp://:0", "udp://:0"),
    ])
    func whatAPacketSaysOfCongestionArrives(from: String, to: String) throws {
        let receiver = try datagram(to)
        try receiver.setReportsTrafficClass(true)
        let sender = try datagram(from)
        let host: SocketAddress =
            to.contains("[")
            ? .ipv6(.loopback, port: try receiver.port, zone: 0) : loopback(try receiver.port)
        try sender.setTrafficClass(.expedited)
        for ecn in [nil] + ECN.allCases.map(Optional.some) {
            var post = Post()
            for _ in 0..<2 { post.add("marked", to: host, ecn: ecn) }
            #expect(try post.send(by: sender) == 2)
            for _ in 0..<2 {
                #expect(try receiver.next().datagram.arrival.ecn == ecn ?? .notCapable)
            }
        }
    }

    @Test func aTimeToLeaveIsTakenByASocketThatHoldsThemAndPassedOverByOthers() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        var post = Post()
        let past = MonotonicInstant(nanoseconds: 1)
        post.add("now", to: loopback(try receiver.port), departure: past)
        #expect(try post.send(by: sender) == 1)
        post.arguments.holdsDepartures = true
        post.position = TransmitPosition()
        // The socket was not asked to.
        let error = #expect(throws: SocketError.self) { try post.send(by: sender) }
        #expect(error?.code == .invalidArgument)
        try sender.setDeparture(clock: 1, flags: 0)
        #expect(try post.send(by: sender) == 1)
        for _ in 0..<2 { #expect(try receiver.next().bytes == Array("now".utf8)) }
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
}

/// Datagrams that are to leave, with the arguments of their call.
private struct Post: ~Copyable {
    var bytes: [UInt8] = []
    var list: [Transmit] = []
    var position = TransmitPosition()
    var arguments = SendArguments()

    mutating func add(
        _ text: String,
        to recipient: SocketAddress,
        from source: SocketAddress? = nil,
        ecn: ECN? = nil,
        departure: MonotonicInstant? = nil
    ) {
        let place = bytes.count..<bytes.count + text.utf8.count
        bytes += text.utf8
        if list.last?.recipient == recipient, list[list.count - 1].append(place) { return }
        list.append(Transmit(place, to: recipient, from: source, ecn: ecn, departure: departure))
    }

    mutating func giveUpFirst() {
        let train = list[position.index]
        position.advance(by: train.datagram(at: position.offset).count, in: train)
    }

    mutating func send(by socket: borrowing Socket) throws(SocketError) -> Int? {
        let bytes = bytes
        let list = list
        return try unsafe socket.send(
            bytes.span.bytes,
            list.span,
            at: &position,
            cutting: { _ in .none },
            using: &arguments
        )
    }
}
