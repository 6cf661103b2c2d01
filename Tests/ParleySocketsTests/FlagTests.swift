import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct FlagTests {
    private func send(_ text: String, on socket: borrowing Socket, _ flags: MessageFlags = []) throws -> Int?
    {
        let bytes = Array(text.utf8)
        return unsafe try socket.send(bytes.span.bytes, flags: flags)
    }

    private func receive(_ socket: borrowing Socket, _ count: Int, _ flags: MessageFlags = []) throws
        -> String?
    {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        guard let count = try socket.receive(into: &raw, flags: flags) else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    @Test func peekingLeavesTheBytesOfAStream() throws {
        let pair = try Socket.pair(.stream)
        _ = try send("hello", on: pair.first)
        #expect(try receive(pair.second, 3, .peek) == "hel")
        #expect(try receive(pair.second, 9, .peek) == "hello")
        #expect(try receive(pair.second, 9) == "hello")
        #expect(try receive(pair.second, 9, .peek) == nil)
    }

    @Test func peekingTellsADatagramsSizeAndLeavesIt() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        try datagram("udp://127.0.0.1:0").say("hello", to: receiver.localAddress)
        #expect(wait(receiver.fileDescriptor))
        var bytes: [UInt8] = [0]
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        let peeked = try #require(try receiver.receiveDatagram(into: &raw, flags: .peek))
        #expect(peeked.sentByteCount == 5 && peeked.isTruncated)
        #expect(try receiver.next().bytes == Array("hello".utf8))
    }

    @Test func moreJoinsTwoSendsIntoOneDatagram() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        let address = try receiver.localAddress
        #expect(try unsafe sender.send(Array("ab".utf8).span.bytes, to: address, flags: .more))
        expectSilence(receiver)
        #expect(try unsafe sender.send(Array("cd".utf8).span.bytes, to: address))
        #expect(try receiver.next().bytes == Array("abcd".utf8))
        // The same as an option, for as long as it is set.
        _ = try sender.connect(to: address)
        try sender.setGathersDatagram(true)
        _ = try send("ef", on: sender)
        _ = try send("gh", on: sender)
        try sender.setGathersDatagram(false)
        #expect(try receiver.next().bytes == Array("efgh".utf8))
    }

    @Test func waitingForAllStillReturnsWhatIsThereOnASocketThatDoesNotBlock() throws {
        let pair = try Socket.pair(.stream)
        #expect(try receive(pair.second, 6, .waitAll) == nil)
        _ = try send("abc", on: pair.first)
        #expect(try receive(pair.second, 6, .waitAll) == "abc")
    }

    @Test func onADescriptorMadeBlockingWaitAllWaitsAndDoNotWaitDoesNot() throws {
        let pair = try Socket.pair(.stream)
        let descriptor = pair.second.fileDescriptor
        #expect(fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) == 0)
        // A limit, should the law not hold.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        #expect(unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size) == 0)
        #expect(try receive(pair.second, 6, .doNotWait) == nil)
        _ = try send("abc", on: pair.first)
        // A thread of its own sends the rest while we wait.
        let sender = unsafe UnsafeMutableRawPointer(bitPattern: Int(pair.first.fileDescriptor))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                usleep(200_000)
                _ = unsafe Glibc.send(Int32(Int(bitPattern: argument)), "def", 3, 0)
                return nil
            },
            sender
        )
        #expect(code == 0)
        #expect(try receive(pair.second, 6, .waitAll) == "abcdef")
        let end = pthread_join(thread, nil)
        #expect(end == 0)
    }

    @Test func theUrgentByteOvertakesTheOthers() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress)
        let child = try accept(server)
        _ = try send("abc", on: client)
        _ = try send("!", on: client, .outOfBand)
        #expect(wait(child.fileDescriptor, for: POLLPRI))
        #expect(try receive(child, 1, .outOfBand) == "!")
        #expect(try receive(child, 9) == "abc")
        #expect(refusal { try receive(child, 1, .outOfBand) }?.code == .invalidArgument)
    }

    @Test func withoutRoutingOnlyOwnLinksAreReached() throws {
        let sender = try datagram("udp://0.0.0.0:0")
        let target = SocketAddress.ipv4(IPv4Address(203, 0, 113, 1), port: 9)
        let bytes: [UInt8] = [1]
        let error = refusal { try unsafe sender.send(bytes.span.bytes, to: target, flags: .doNotRoute) }
        #expect(error?.code == .networkUnreachable)
        let receiver = try datagram("udp://127.0.0.1:0")
        let flags: MessageFlags = [.doNotRoute, .confirm, .doNotWait]
        #expect(try unsafe sender.send(bytes.span.bytes, to: receiver.localAddress, flags: flags))
        #expect(try receiver.next().bytes == bytes)
    }
}
