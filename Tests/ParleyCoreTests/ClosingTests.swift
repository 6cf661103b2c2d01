import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// What is closed stays closed, wakes who waits, and leaves nothing behind.
@Suite(.timeLimit(.minutes(1))) struct ClosingTests {
    @Test func `closing a mailbox ends its reader's loop, and later calls say so`() async throws {
        for place in [Endpoint.udp("127.0.0.1", 0), .unixgram(path: Fresh.path)] {
            let inbox = try await Mailbox(Score.self, at: place)
            let reader = Task { () -> Int in
                var count = 0
                for try await _ in inbox { count += 1 }
                return count
            }
            try await inbox.send(score(1), to: inbox.localAddress)
            #expect(await eventually { inbox.statistics.received == 1 })
            inbox.close()
            inbox.close()
            #expect(try await reader.value == 1)
            #expect(try await inbox.next() == nil)
            #expect(await refusal { try await inbox.send(score(1), to: inbox.localAddress) } == .closed)
            #expect(
                await refusal { try await inbox.send(contentsOf: [score(1)], to: inbox.localAddress) }
                    == .closed
            )
            #expect(
                await refusal { try await inbox.request(score(1), to: inbox.localAddress, timeout: patience) }
                    == .closed
            )
            if case .unix(.path(let path)) = inbox.localAddress { #expect(unsafe access(path, F_OK) != 0) }
        }
    }

    @Test func `closing a connection ends its reader's loop, and later calls say so`() async throws {
        for isStream in [true, false] {
            let listener = try await Listener(Score.self, at: .loopback)
            let target =
                isStream
                ? Endpoint.reaching(listener.localAddress, by: .tcp)
                : .udp("127.0.0.1", try await Mailbox(Score.self, at: .udp).localAddress.port!)
            let connection = try await Connection(Score.self, to: target, timeout: patience)
            let reader = Task { for try await _ in connection.messages {} }
            try await Task.sleep(for: .milliseconds(5))
            connection.close()
            try await reader.value
            #expect(try await connection.next() == nil)
            #expect(await refusal { try await connection.send(score(1)) } == .closed)
            #expect(await refusal { try await connection.send(contentsOf: [score(1)]) } == .closed)
            #expect(await refusal { try await connection.request(score(1)) } == .closed)
        }
    }

    @Test func `closing a listener ends accept and run, after the handlers`() async throws {
        let listener = try await Listener(Score.self, at: .loopback)
        let waiting = Task { await refusal { try await listener.accept() } }
        try await Task.sleep(for: .milliseconds(5))
        listener.close()
        #expect(await waiting.value == .closed)
        #expect(await refusal { try await listener.accept() } == .closed)
        try await listener.run { _ in }
        let target = Endpoint.reaching(listener.localAddress, by: .tcp)
        await #expect(
            code { try await Connection(Score.self, to: target, timeout: patience) } == .connectionRefused
        )
    }

    @Test func `the scope of withMailbox and withConnection closes, however it ends`() async throws {
        struct Mishap: Error {}
        var kept: Mailbox<Score, Score>?
        await #expect(throws: Mishap.self) {
            try await withMailbox(Score.self, at: .udp("127.0.0.1", 0)) { mailbox in
                kept = mailbox
                throw Mishap()
            }
        }
        #expect(try await kept?.next() == nil)
        let listener = try await Listener(Score.self, at: .loopback)
        try await withConnection(Score.self, to: .reaching(listener.localAddress, by: .tcp)) { connection in
            try await connection.send(score(1))
        }
        let server = try await listener.accept()
        #expect(try await server.next(timeout: patience) == score(1))
        #expect(try await server.next(timeout: patience) == nil)
    }

    @Test func `no descriptor is left when the last reference is gone`() async throws {
        await #expect(processExitsWith: .success) {
            // What stays for the life of the process: the shared loop, and whatever the first use opens.
            _ = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let before = openDescriptors()
            for round in 0..<20 {
                let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let local = try await Mailbox(Score.self, at: .unixgram(path: Fresh.path))
                let friend = try await Connection(Score.self, to: .reaching(inbox.localAddress, by: .udp))
                let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
                try await friend.send(score(round))
                try await local.send(score(round), to: local.localAddress)
                // Calls that end early in every way.
                _ = await refusal { try await pair.client.next(timeout: .milliseconds(1)) }
                let task = Task { await refusal { for try await _ in pair.server.messages {} } }
                await Task.yield()
                task.cancel()
                _ = await task.value
                let refused = await code {
                    try await Connection(Score.self, to: .tcp("127.0.0.1", 1), timeout: patience)
                }
                require(refused == .connectionRefused, "\(String(describing: refused))")
                // Much is left unread and unsent.
                let large = [UInt8](repeating: 1, count: 4 << 20)
                try await pair.client.send(large)
            }
            let isClean = await eventually { openDescriptors() <= before }
            require(isClean, "\(openDescriptors()) descriptors are open, \(before) were")
        }
    }

    @Test func `a handler that leaves much unsent leaves no descriptor when the peer goes`() async throws {
        await #expect(processExitsWith: .success) {
            let listener = try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
            let target = Endpoint.reaching(listener.localAddress, by: .tcp)
            let before = openDescriptors()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await listener.run { try await $0.send([UInt8](repeating: 1, count: 8 << 20)) }
                }
                for _ in 0..<10 {
                    let client = try await Connection(
                        [UInt8].self,
                        to: target,
                        framing: .lengthPrefixed(),
                        timeout: patience
                    )
                    require(try await client.next(timeout: patience)?.count == 8 << 20, "not all came")
                    require(try await client.next(timeout: patience) == nil, "no end came")
                }
                for _ in 0..<10 {
                    // This one leaves before it has all.
                    _ = try await Connection([UInt8].self, to: target, timeout: patience).next(
                        timeout: patience
                    )
                }
                let isClean = await eventually { openDescriptors() <= before }
                require(isClean, "\(openDescriptors()) descriptors are open, \(before) were")
                listener.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func `descriptors that a stranger passes are not left open here`() async throws {
        await #expect(processExitsWith: .success) {
            let inbox = try await Mailbox([UInt8].self, at: .unixgram(abstract: Fresh.name))
            let sender = try Socket(.unix, .datagram)
            _ = try sender.connect(to: inbox.localAddress)
            let before = openDescriptors()
            for _ in 0..<5 {
                require(passDescriptor(0, over: sender.fileDescriptor), "sendmsg: \(errno)")
                require(try await inbox.next(timeout: patience)?.message == [9], "no letter came")
            }
            require(openDescriptors() == before, "\(openDescriptors()) descriptors are open, \(before) were")
        }
    }
}

/// Sends a byte and a descriptor with it (SCM_RIGHTS).
private func passDescriptor(_ descriptor: Int32, over socket: Int32) -> Bool {
    // One cmsghdr of 16 bytes and one Int32, padded to 24: unix(7), cmsg(3).
    var control: (Int, Int32, Int32, Int32, Int32) = (20, SOL_SOCKET, 1, descriptor, 0)
    var byte: UInt8 = 9
    return unsafe withUnsafeMutableBytes(of: &byte) { bytes in
        unsafe withUnsafeMutableBytes(of: &control) { control in
            var vector = unsafe iovec(iov_base: bytes.baseAddress, iov_len: 1)
            return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                var message = unsafe msghdr()
                unsafe message.msg_iov = vector
                unsafe message.msg_iovlen = 1
                unsafe message.msg_control = control.baseAddress
                unsafe message.msg_controllen = 24
                return unsafe sendmsg(socket, &message, 0) == 1
            }
        }
    }
}
