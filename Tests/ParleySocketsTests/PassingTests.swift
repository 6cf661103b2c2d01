import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Descriptors that travel with messages, and who their sender is. What counts the descriptors of a process
/// runs in a process of its own.
@Suite struct PassingTests {
    static let kinds = [SocketKind.stream, .datagram, .sequencedPacket]

    @Test(arguments: kinds)
    func aDescriptorArrivesAsOneOfOurOwnForTheSameFile(kind: SocketKind) throws {
        let pair = try Socket.pair(kind)
        let file = try Pipe()
        #expect(try pair.first.pass([file.writing], with: 1) == 1)
        #expect(try pair.first.pass([], with: 1) == 1)
        var delivery = try pair.second.nextDelivery(descriptorsMax: 4)
        #expect(delivery.byteCount == 1 && delivery.descriptors.count == 1)
        let arrived = try nextDescriptor(&delivery.descriptors)
        #expect(arrived.fileDescriptor != file.writing)
        #expect(fcntl(arrived.fileDescriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(unsafe write(arrived.fileDescriptor, "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(unsafe read(file.reading, &byte, 1) == 1 && byte == UInt8(ascii: "x"))
        // The next message has none.
        let next = try pair.second.nextDelivery(descriptorsMax: 4)
        #expect(next.descriptors.isEmpty && !next.descriptors.isTruncated)
    }

    @Test func whatExceedsTheLimitIsClosedAndTold() async {
        await #expect(processExitsWith: .success) {
            for kind in PassingTests.kinds {
                let pair = try Socket.pair(kind)
                let file = try Pipe()
                for limit in [0, 1, 2, 3, 4, 253] {
                    let before = openPipesAndSockets()
                    let passed = [Int32](repeating: file.reading, count: 3)
                    #expect(try pair.first.pass(passed, with: 1) == 1)
                    do {
                        let delivery = try pair.second.nextDelivery(descriptorsMax: limit)
                        #expect(delivery.descriptors.count == min(limit, 3))
                        #expect(delivery.descriptors.isTruncated == (limit < 3))
                        #expect(openPipesAndSockets() == before + min(limit, 3))
                    }
                    #expect(openPipesAndSockets() == before)
                }
            }
        }
    }

    @Test func whatWasTakenIsTheTakersAndTheRestIsClosed() async {
        await #expect(processExitsWith: .success) {
            let pair = try Socket.pair(.sequencedPacket)
            let file = try Pipe()
            let before = openPipesAndSockets()
            #expect(try pair.first.pass([file.reading, file.writing, file.reading], with: 0) == 0)
            var delivery = try pair.second.nextDelivery(descriptorsMax: 3)
            let first = try nextDescriptor(&delivery.descriptors).take()
            delivery.descriptors = PassedDescriptors()
            #expect(openPipesAndSockets() == before + 1)
            #expect(Glibc.close(first) == 0)
            #expect(openPipesAndSockets() == before)
        }
    }

    /// Every way to receive that does not ask for descriptors, against a peer that passes three with each
    /// message.
    @Test func whoDoesNotAskHasNoneOpenWhateverThePeerSends() async {
        await #expect(processExitsWith: .success) {
            let file = try Pipe()
            let hostile = [Int32](repeating: file.reading, count: 3)
            for kind in PassingTests.kinds {
                let pair = try Socket.pair(kind)
                if kind == .sequencedPacket { try pair.second.setTellsEnd(true) }
                let before = openPipesAndSockets()
                var bytes = [UInt8](repeating: 0, count: 16)
                for _ in 0..<100 {
                    for _ in 0..<4 { #expect(try pair.first.pass(hostile, with: 1) == 1) }
                    var span = bytes.mutableSpan
                    var raw = unsafe span.mutableBytes
                    #expect(try pair.second.receive(into: &raw) != nil)
                    #expect(try pair.second.receiveDatagram(into: &raw) != nil)
                    if kind == .sequencedPacket {
                        guard case .message = try pair.second.receiveSequenced(into: &raw) else { exit(1) }
                    }
                    #expect(openPipesAndSockets() == before)
                    while try pair.second.receive(into: &raw) != nil {}
                }
                #expect(openPipesAndSockets() == before)
                #expect(bytes.count == 16)
                try receiveBatches(pair.second, from: pair.first, hostile, kind)
                #expect(openPipesAndSockets() == before)
            }
        }
    }

    @Test func noDescriptorThatArrivedSurvivesExec() async {
        await #expect(processExitsWith: .success) {
            let pair = try Socket.pair(.stream)
            let file = try Pipe()
            #expect(try pair.first.pass([file.reading], with: 1) == 1)
            var delivery = try pair.second.nextDelivery(descriptorsMax: 1)
            let arrived = try nextDescriptor(&delivery.descriptors)
            let status = unsafe system("test ! -e /proc/$$/fd/\(arrived.fileDescriptor)")
            #expect(status == 0)
            arrived.close()
        }
    }

    @Test func withoutANumberLeftTheMessageArrivesAndTheRestIsTold() async {
        await #expect(processExitsWith: .success) {
            let pair = try Socket.pair(.sequencedPacket)
            let file = try Pipe()
            #expect(try pair.first.pass([file.reading, file.reading], with: 5) == 5)
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let next = unsafe open("/dev/null", O_RDONLY)
            _ = Glibc.close(next)
            // The lowest free number is the last one that is allowed.
            let tight = rlimit(rlim_cur: rlim_t(next) + 1, rlim_max: limit.rlim_max)
            unsafe withUnsafePointer(to: tight) {
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), $0)
            }
            let delivery = try pair.second.nextDelivery(descriptorsMax: 8)
            #expect(delivery.byteCount == 5)
            #expect(delivery.descriptors.isTruncated && delivery.descriptors.count < 2)
        }
    }

    @Test func whatCannotBePassedIsATypedErrorAndNothingIsSent() throws {
        let pair = try Socket.pair(.sequencedPacket)
        let file = try Pipe()
        #expect(try pair.first.pass([Int32](repeating: file.reading, count: 253), with: 1) == 1)
        #expect(try pair.second.nextDelivery(descriptorsMax: 253).descriptors.count == 253)
        let many = refusal { try pair.first.pass([Int32](repeating: file.reading, count: 254), with: 1) }
        #expect(many?.code == .invalidArgument)
        #expect(many?.remedy.contains("at most 253") == true)
        let closed = refusal { try pair.first.pass([file.reading, 999_999], with: 1) }
        #expect(closed?.code == .invalidArgument)
        #expect(closed?.remedy.contains("999999, which is not open") == true)
        expectSilence(pair.second)
        let stream = try Socket.pair(.stream)
        #expect(refusal { try stream.first.pass([file.reading], with: 0) }?.code == .invalidArgument)
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress)
        #expect(refusal { try client.pass([file.reading], with: 1) }?.code == .operationNotSupported)
    }

    @Test func onAStreamOneCallNeverBringsTheDescriptorsOfTwoSends() throws {
        let pair = try Socket.pair(.stream)
        let file = try Pipe()
        #expect(try pair.first.pass([], with: 2) == 2)
        #expect(try pair.first.pass([file.reading], with: 4) == 4)
        #expect(try pair.first.pass([file.reading, file.writing], with: 3) == 3)
        let first = try pair.second.nextDelivery(descriptorsMax: 4)
        #expect(first.byteCount == 6 && first.descriptors.count == 1)
        let second = try pair.second.nextDelivery(descriptorsMax: 4)
        #expect(second.byteCount == 3 && second.descriptors.count == 2)
    }

    @Test func aDatagramPassesThemToARecipient() throws {
        try withDirectory { directory in
            let inbox = try datagram("unixgram://\(directory)/s")
            let file = try Pipe()
            let sent = unsafe try datagram("unixgram:")
                .send(([1, 2] as [UInt8]).span.bytes, passing: [file.reading], to: inbox.localAddress)
            #expect(sent == 2)
            let delivery = try inbox.nextDelivery(descriptorsMax: 1)
            #expect(delivery.descriptors.count == 1)
            guard case .unix(.abstract) = delivery.sender else {
                Issue.record("\(delivery.sender)")
                return
            }
        }
    }
}

/// A pipe that closes itself.
struct Pipe: ~Copyable {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        _ = Glibc.close(reading)
        _ = Glibc.close(writing)
    }
}

extension Socket {
    func pass(_ descriptors: [Int32], with byteCount: Int) throws -> Int? {
        unsafe try send([UInt8](repeating: 7, count: byteCount).span.bytes, passing: descriptors)
    }

    func nextDelivery(descriptorsMax: Int) throws -> Delivery {
        #expect(wait(fileDescriptor))
        var bytes = [UInt8](repeating: 0, count: 4096)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        guard let delivery = try receive(into: &raw, descriptorsMax: descriptorsMax) else {
            throw SocketError(.receive, .wouldBlock)
        }
        return delivery
    }
}

private func nextDescriptor(_ descriptors: inout PassedDescriptors) throws -> OwnedDescriptor {
    guard let descriptor = descriptors.popFirst() else { throw SocketError(.receive, .noData) }
    return descriptor
}

/// How many pipes and sockets this process has open. The language's own threads open descriptors of other
/// kinds when they like.
private func openPipesAndSockets() -> Int {
    var count = 0
    for descriptor in 3..<2048 as Range<Int32> {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { continue }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFIFO || kind == S_IFSOCK { count += 1 }
    }
    return count
}

private func receiveBatches(
    _ receiver: borrowing Socket,
    from sender: borrowing Socket,
    _ hostile: [Int32],
    _ kind: SocketKind
) throws {
    let before = openPipesAndSockets()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 16)
    defer { unsafe memory.deallocate() }
    for _ in 0..<4 { #expect(try sender.pass(hostile, with: 1) == 1) }
    if kind == .sequencedPacket {
        var batch = unsafe PacketBatch(capacity: 4, slotBytes: 16, lending: memory)
        #expect(try receiver.receive(into: &batch))
        #expect(batch.count == 4 && !batch.isAtEnd)
    } else {
        var batch = DatagramBatch(capacity: 4, slotBytes: 16)
        #expect(try receiver.receive(into: &batch) != nil)
    }
    #expect(openPipesAndSockets() == before)
}
