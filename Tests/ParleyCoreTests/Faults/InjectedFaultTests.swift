import ExampleMessages
import FaultInjection
import Glibc
import ParleyCore
import ParleyEventLoop
import ParleyTypes
import ParleyWire
import Testing

/// What mailboxes, connections and listeners make of a kernel that refuses. In processes of their own, as the
/// threads that the runtime starts would meet the fault too.
@Suite(.serialized, .enabled(if: Unavailable.reason == nil), .timeLimit(.minutes(5)))
struct InjectedFaultTests {
    @Test func `a refused letter is the sender's to know, and the next one leaves`() async throws {
        await #expect(processExitsWith: .success) {
            let codes: [ErrorCode] = [
                .permissionDenied, .alreadyInProgress, .connectionReset, .destinationRequired, .badAddress,
                .invalidArgument, .alreadyConnected, .messageTooLong, .noBufferSpace, .outOfMemory,
                .notConnected, .notASocket, .operationNotSupported, .brokenPipe, .notPermitted,
                .networkUnreachable, .hostUnreachable, .networkDown, .connectionRefused,
                .addressNotAvailable,
            ]
            for code in codes {
                for (call, isBatch) in [(SystemCall.sendto, false), (.sendmmsg, true)] {
                    let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                    let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                    let before = openSockets()
                    let error = try await FaultThread.run(meeting: Fault(call, code, times: 1)) {
                        let error = await refusal { try await outbox.write(1, to: inbox, isBatch) }
                        try await outbox.write(2, to: inbox, isBatch)
                        return error
                    }
                    guard case .socket(let reason)? = error else {
                        return require(false, "\(call.name) \(code): \(String(describing: error))")
                    }
                    require(reason.operation == .send && reason.code == code, "\(code): \(reason)")
                    require(reason.remote == inbox.localAddress, "\(code): to \(reason)")
                    require(reason.local == outbox.localAddress, "\(code): from \(reason)")
                    require(try await inbox.next(timeout: patience)?.message == score(2), "no second letter")
                    require(openSockets() == before, "\(code): descriptors")
                }
            }
        }
    }

    @Test func `a kernel that will not cut pieces costs no datagram`() async throws {
        await #expect(processExitsWith: .success) {
            let codes: [ErrorCode] = [
                .invalidArgument, .messageTooLong, .inputOutput, .protocolOptionUnavailable,
                .operationNotSupported,
            ]
            // Once is an error of something else; twice is a refusal.
            for (code, times) in codes.flatMap({ [($0, 1), ($0, 2)] }) {
                let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                // More than one piece of 64 and of 128 datagrams. Then once more, with what that has taught.
                for wave in 0..<2 {
                    try await FaultThread.run(meeting: Fault(.sendmmsg, code, times: wave == 0 ? times : 0)) {
                        try await outbox.send(
                            contentsOf: (0..<150).map { score(wave * 150 + $0) },
                            to: inbox.localAddress,
                            timeout: patience
                        )
                    }
                    for number in 0..<150 {
                        let letter = try await inbox.next(timeout: patience)
                        require(letter?.message == score(wave * 150 + number), "\(code): \(number)")
                    }
                }
                require(outbox.statistics.sent == 300 && inbox.statistics.received == 300, "\(code)")
            }
        }
    }

    @Test func `no room and interruptions delay a message, and cost nothing`() async throws {
        await #expect(processExitsWith: .success) {
            for (code, times) in [(ErrorCode.wouldBlock, 3), (.interrupted, 50)] {
                let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let outbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                for (call, isBatch) in [(SystemCall.sendto, false), (.sendmmsg, true)] {
                    try await FaultThread.run(meeting: Fault(call, code, times: times)) {
                        try await outbox.write(7, to: inbox, isBatch)
                    }
                    require(
                        try await inbox.next(timeout: patience)?.message == score(7),
                        "\(call.name) \(code)"
                    )
                }
                let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
                try await FaultThread.run(meeting: Fault(.sendto, code, times: times)) {
                    try await pair.client.send(pattern(100_000), timeout: patience)
                }
                let message = try await FaultThread.run(meeting: Fault(.recvfrom, code, times: times)) {
                    try await pair.server.next(timeout: patience)
                }
                require(message == pattern(100_000), "\(code)")
                try await outbox.write(8, to: inbox, false)
                let letter = try await FaultThread.run(meeting: Fault(.recvmmsg, code, times: times)) {
                    try await inbox.next(timeout: patience)
                }
                require(letter?.message == score(8), "\(code)")
            }
        }
    }

    @Test func `what the loop passes on resumes, or ends with the reason`() async throws {
        await #expect(processExitsWith: .success) {
            for code in [ErrorCode.wouldBlock, .interrupted] {
                let pair = try await loopWithFault(Fault(.sendto, code, times: 200))
                async let sent: Void = pair.client.send(pattern(8 << 20), timeout: patience)
                require(try await pair.server.next(timeout: patience) == pattern(8 << 20), "\(code)")
                try await sent
            }
            for code in [ErrorCode.connectionReset, .brokenPipe, .timedOut, .noBufferSpace, .hostUnreachable]
            {
                let pair = try await loopWithFault(Fault(.sendto, code))
                // Taken over: the kernel has room for a part of it. The loop meets the fault with the rest.
                try await pair.client.send(pattern(16 << 20), timeout: patience)
                async let received = refusal { try await pair.server.next(timeout: patience) }
                let ended = await ParleyCoreTests.code { try await pair.client.flush(timeout: patience) }
                require(ended == code, "\(code): \(String(describing: ended))")
                let later = await ParleyCoreTests.code { try await pair.client.send([1]) }
                require(later == code, "\(code): \(String(describing: later))")
                pair.client.close()
                let last = await received
                require(last != nil && last != .timedOut(patience), "\(code): \(String(describing: last))")
            }
        }
    }

    @Test func `a loop whose own calls fail for a while wakes all who wait`() async throws {
        await #expect(processExitsWith: .success) {
            let faults = [
                Fault(.epollWait, .interrupted, times: 200), Fault(.epollControl, .outOfMemory, times: 20),
                Fault(.epollControl, .noSpace, times: 20), Fault(.epollFineWait, .interrupted, times: 200),
                Fault(.epollFineWait, .notImplemented), Fault(.epollFineWait, .notPermitted),
            ]
            for fault in faults {
                let pair = try await loopWithFault(fault)
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        for try await message in pair.server.messages {
                            try await pair.server.send(message)
                        }
                    }
                    for number in 0..<100 {
                        let question = pattern(1000, from: number)
                        let answer = try await pair.client.request(question, timeout: patience)
                        require(answer == question, "\(fault.call.name) \(fault.code)")
                    }
                    try await pair.client.send(pattern(4 << 20), timeout: patience)
                    let answer = try await pair.client.next(timeout: patience)
                    require(answer == pattern(4 << 20), "\(fault.call.name) \(fault.code)")
                    pair.client.close()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `a loop whose own calls fail for a while calls its drivers in the end`() async throws {
        await #expect(processExitsWith: .success) {
            let faults = [
                Fault(.epollControl, .outOfMemory, times: 20), Fault(.epollFineWait, .notImplemented),
            ]
            for fault in faults {
                let network = KernelNetwork()
                let listener = try await NetworkEnvironment.$network.withValue(network) {
                    try await Listener([UInt8].self, at: .loopback, framing: .lengthPrefixed())
                }
                let serving = Task { try await listener.respond { $0 } }
                // On a loop of its own, whose calls do not fail.
                let client = try await Connection(
                    [UInt8].self,
                    to: Endpoint.reaching(listener.localAddress, by: .tcp),
                    framing: .lengthPrefixed(),
                    timeout: patience
                )
                require(try await client.request(pattern(9), timeout: patience) == pattern(9), "before")
                try await withTaskExecutorPreference(network.executor) { try fault.inject() }
                // More than the queues hold: the driver pauses, waits for room, and resumes.
                async let asking: Void = client.send(
                    contentsOf: (0..<200).map { pattern(60_000, from: $0) },
                    timeout: patience
                )
                // Not the runtime's sleep: its threads may meet the fault.
                try await NetworkEnvironment.sleep(for: .milliseconds(100))
                for number in 0..<200 {
                    let answer = try await client.next(timeout: patience)
                    require(answer == pattern(60_000, from: number), "\(fault.call.name) \(number)")
                }
                try await asking
                serving.cancel()
                _ = await serving.result
            }
        }
    }

    @Test func `a listener outlives every failure of a single accept`() async throws {
        await #expect(processExitsWith: .success) {
            let codes: [ErrorCode] = [
                .connectionAborted, .protocolError, .networkDown, .timedOut, .interrupted,
                .tooManyFilesInProcess, .tooManyFilesInSystem, .noBufferSpace, .outOfMemory, .notPermitted,
            ]
            for code in codes {
                let listener = try await Listener(Score.self, at: .loopback)
                let target = Endpoint.reaching(listener.localAddress, by: .tcp)
                let client = try await Connection(Score.self, to: target, timeout: patience)
                let server = try await FaultThread.run(meeting: Fault(.accept4, code, times: 2)) {
                    try await listener.accept()
                }
                try await client.send(score(3))
                require(try await server.next(timeout: patience) == score(3), "\(code)")
            }
            for code in [ErrorCode.invalidArgument, .notASocket, .operationNotSupported] {
                let listener = try await Listener(Score.self, at: .loopback)
                let ended = try await FaultThread.run(meeting: Fault(.accept4, code)) {
                    await refusal { try await listener.accept() }
                }
                guard case .socket(let reason)? = ended else { return require(false, "\(code)") }
                require(reason.operation == .accept && reason.code == code, "\(reason)")
            }
        }
    }

    @Test func `what cannot be opened says why, and leaves no descriptor`() async throws {
        await #expect(processExitsWith: .success) {
            // What stays for the life of the process.
            _ = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
            let places: [Endpoint] = [
                .udp("127.0.0.1", 0), .udp(port: 0), .unixgram(path: Fresh.path), .unixgram,
            ]
            let faults: [(SystemCall, ErrorCode)] =
                [
                    .permissionDenied, .invalidArgument, .tooManyFilesInProcess, .tooManyFilesInSystem,
                    .noBufferSpace, .outOfMemory, .protocolNotSupported,
                ].map { (.socket, $0) }
                + [.permissionDenied, .invalidArgument, .outOfMemory].map { (.bind, $0) }
                + [.invalidArgument, .noBufferSpace].map { (.getsockname, $0) }
                + [.outOfMemory, .noSpace].map { (.epollControl, $0) }
            for place in places {
                for (call, code) in faults {
                    let before = openSockets()
                    let error = try await FaultThread.run(meeting: Fault(call, code)) {
                        await refusal { _ = try await Mailbox(Score.self, at: place) }
                    }
                    guard case .socket(let reason)? = error else {
                        return require(false, "\(place) \(call.name) \(code): \(String(describing: error))")
                    }
                    require(reason.code == code, "\(place) \(call.name) \(code): \(reason)")
                    require(openSockets() == before, "\(place) \(call.name) \(code): descriptors")
                    if case .path(let path)? = place.unixAddress {
                        // Without its name the socket does not know that it has a file.
                        let isLeft = unsafe access(path, F_OK) == 0
                        require(call.name == "getsockname" || !isLeft, "\(call.name) \(code): a file is left")
                        _ = unsafe unlink(path)
                    }
                }
            }
        }
    }
}

extension Mailbox<Score, Score> {
    fileprivate func write(_ number: Int, to inbox: Mailbox<Score, Score>, _ isBatch: Bool) async throws {
        if isBatch {
            try await send(contentsOf: [score(number)], to: inbox.localAddress, timeout: patience)
        } else {
            try await send(score(number), to: inbox.localAddress, timeout: patience)
        }
    }
}

/// Both ends of a stream on a network of their own, whose thread meets the fault.
private func loopWithFault(_ fault: Fault) async throws -> Pair<[UInt8]> {
    let network = KernelNetwork()
    return try await NetworkEnvironment.$network.withValue(network) {
        let pair = try await Pair([UInt8].self, framing: .lengthPrefixed())
        try await withTaskExecutorPreference(network.executor) { try fault.inject() }
        return pair
    }
}
