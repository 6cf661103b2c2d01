import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Descriptors that come with messages, and who the peer is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PassingTests {
    @Test func `each message has the descriptors that it was sent with`() async throws {
        let pair = try await Pair([UInt8].self, at: .packets)
        try pair.server.allowDescriptors(upTo: 8)
        let files = try (0..<4).map { _ in try #require(Optional(unsafe open("/dev/null", O_RDONLY))) }
        defer { for file in files { close(file) } }
        for count in [0, 1, 4, 0, 2] as [UInt8] {
            try await pair.client.send([count], passing: Array(files.prefix(Int(count))), timeout: patience)
        }
        try await pair.client.send([0])
        try pair.client.finishSending()
        var seen = 0
        for try await message in pair.server.messages {
            var descriptors = pair.server.takeDescriptors()
            #expect(descriptors.count == Int(message[0]) && !descriptors.isTruncated)
            while let descriptor = descriptors.popFirst() {
                #expect(fcntl(descriptor.fileDescriptor, F_GETFD) & FD_CLOEXEC != 0)
            }
            let again = pair.server.takeDescriptors()
            #expect(again.count == 0)
            seen += 1
        }
        #expect(seen == 6)
    }

    @Test func `a conversation with descriptors works on the network's own executor`() async throws {
        try await withNetworkExecutor {
            let pair = try await Pair([UInt8].self, at: .packets)
            try pair.server.allowDescriptors(upTo: 1)
            let file = unsafe open("/dev/null", O_RDONLY)
            defer { close(file) }
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for try await message in pair.server.messages {
                        let descriptors = pair.server.takeDescriptors()
                        try await pair.server.send(message + [UInt8(descriptors.count)])
                    }
                    try pair.server.finishSending()
                }
                for number in 0..<50 as Range<UInt8> {
                    // Two at once: the reader must not take the queue for empty after the first.
                    try await pair.client.send([number], passing: [file])
                    try await pair.client.send([number])
                    #expect(try await pair.client.next(timeout: patience) == [number, 1])
                    #expect(try await pair.client.next(timeout: patience) == [number, 0])
                }
                try pair.client.finishSending()
                #expect(try await pair.client.next(timeout: patience) == nil)
                try await group.waitForAll()
            }
        }
    }

    @Test func `a peer that passes descriptors with every message leaves none open here`() async {
        await #expect(processExitsWith: .success) {
            for transport in [Transport.unix, .seqpacket, .unixgram] {
                for limit in [0, 2] where transport == .seqpacket || limit == 0 {
                    try await receiveFromHostile(transport, limit)
                }
            }
        }
    }

    @Test func `what was not taken is closed with the connection`() async {
        await #expect(processExitsWith: .success) {
            let pair = try await Pair([UInt8].self, at: .packets)
            try pair.server.allowDescriptors(upTo: 4)
            let before = openFiles()
            let file = unsafe open("/dev/null", O_RDONLY)
            try await pair.client.send([1], passing: [file, file, file])
            close(file)
            require(try await pair.server.next(timeout: patience) == [1], "no message")
            require(openFiles() == before + 3, "\(openFiles() - before) are open")
            pair.server.close()
            require(openFiles() == before, "\(openFiles() - before) are open after closing")
        }
    }

    @Test func `where descriptors cannot travel an error says where they can`() async throws {
        let pair = try await Pair([UInt8].self, at: .unix(abstract: Fresh.name), framing: .lengthPrefixed())
        for error in [
            await refusal { try await pair.client.send([1], passing: [0]) },
            await refusal { try pair.client.allowDescriptors(upTo: 1) },
        ] {
            guard case .socket(let reason)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.code == .operationNotSupported && reason.remedy.contains("seqpacket:"))
        }
        let none = pair.client.takeDescriptors()
        #expect(none.count == 0)
        // A number that is not open is the caller's mistake, not a closed connection.
        let packets = try await Pair([UInt8].self, at: .packets)
        await #expect(code { try await packets.client.send([1], passing: [999_999]) } == .invalidArgument)
        try await packets.client.send([1])
        #expect(try await packets.server.next(timeout: patience) == [1])
    }

    @Test(arguments: [Transport.unix, .seqpacket])
    func `both ends know which process the other is`(transport: Transport) async throws {
        let ours = PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())
        let pair = try await Pair(Score.self, at: Endpoint(transport, .abstract(Array(Fresh.name.utf8))))
        #expect(pair.client.peerCredentials == ours)
        #expect(pair.server.peerCredentials == ours)
        pair.server.close()
        #expect(pair.server.peerCredentials == ours)
    }

    @Test func `over IP and over datagrams nobody vouches for the peer`() async throws {
        let pair = try await Pair(Score.self)
        #expect(pair.client.peerCredentials == nil && pair.server.peerCredentials == nil)
        let inbox = try await Mailbox(Score.self, at: .unixgram)
        let friend = try await Connection(Score.self, to: .reaching(inbox.localAddress, by: .unixgram))
        #expect(friend.peerCredentials == nil)
    }
}

/// Receives a hundred messages that three descriptors each came with, and counts what is open.
private func receiveFromHostile(_ transport: Transport, _ limit: Int) async throws {
    let name = UnixAddress.abstract(Array(Fresh.name.utf8))
    let place = Endpoint(transport, name)
    let file = unsafe open("/dev/null", O_RDONLY)
    defer { close(file) }
    let before = openFiles()
    if transport == .unixgram {
        let inbox = try await Mailbox([UInt8].self, at: place)
        let peer = try Socket(.unix, .datagram)
        for number in 0..<100 as Range<UInt8> {
            _ = unsafe try peer.send([number].span.bytes, passing: [file, file, file], to: .unix(name))
            require(
                try await inbox.next(timeout: patience)?.message == [number],
                "\(transport): message \(number)"
            )
            require(openFiles() == before, "\(transport): \(openFiles() - before) files are open")
        }
        return
    }
    let listener = try await Listener([UInt8].self, at: place, framing: .lengthPrefixed(counterBytes: 1))
    let peer = try Socket(.unix, transport == .unix ? .stream : .sequencedPacket)
    _ = try peer.connect(to: .unix(name))
    let server = try await listener.accept()
    if limit > 0 { try server.allowDescriptors(upTo: limit) }
    for number in 0..<100 as Range<UInt8> {
        let bytes = transport == .unix ? [1, number] : [number]
        _ = unsafe try peer.send(bytes.span.bytes, passing: [file, file, file])
        require(try await server.next(timeout: patience) == [number], "\(transport): message \(number)")
        require(openFiles() == before + limit, "\(transport): \(openFiles() - before) files are open")
        if limit > 0, number % 2 == 0 {
            let descriptors = server.takeDescriptors()
            require(descriptors.isTruncated, "the excess was not told")
            require(descriptors.count == limit, "\(descriptors.count) came")
        }
    }
    server.close()
    require(openFiles() == before, "\(transport): \(openFiles() - before) files are open after closing")
}

/// How often this process has /dev/null open, by what is passed in these tests.
private func openFiles() -> Int {
    var count = 0
    var null = stat()
    _ = unsafe stat("/dev/null", &null)
    for descriptor in 3..<2048 as Range<Int32> {
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_rdev == null.st_rdev { count += 1 }
    }
    return count
}
