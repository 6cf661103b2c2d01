import ExampleMessages
import FaultInjection
import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// A process that a signal interrupts a thousand times a second on every thread.
@Suite(.serialized, .timeLimit(.minutes(5))) struct StormTests {
    @Test func `a storm of signals costs no message and makes no error`() async throws {
        await #expect(processExitsWith: .success) {
            require(SignalStorm.start(), "no timer: \(errno)")
            // The network's own thread blocks all signals: here it takes them too.
            await withNetworkExecutor { SignalStorm.welcome() }
            try await exchangeLetters(at: .udp("127.0.0.1", 0))
            try await exchangeLetters(at: .unixgram(abstract: Fresh.name))
            for place in [Endpoint.loopback, .unix(abstract: Fresh.name)] {
                try await exchangeMessages(at: place)
                try await withNetworkExecutor { try await exchangeMessages(at: place) }
                try await moveMuch(at: place)
            }
            let signals = SignalStorm.end()
            print("\(signals) signals were handled")
            require(signals > 100, "only \(signals) signals")
        }
    }
}

private func exchangeLetters(at place: Endpoint) async throws {
    let inbox = try await Mailbox(Score.self, at: place)
    let transport = place.transport
    let outbox = try await Mailbox(Score.self, at: transport == .udp ? .udp("127.0.0.1", 0) : .unixgram)
    try await withThrowingTaskGroup { group in
        group.addTask {
            for try await letter in inbox {
                SignalStorm.welcome()
                try await inbox.send(letter.message, to: letter.sender)
            }
        }
        for number in 0..<500 {
            SignalStorm.welcome()
            let answer = try await outbox.request(score(number), to: inbox.localAddress, timeout: patience)
            require(answer.message == score(number), "letter \(number) came back as \(answer.message)")
            if number % 10 == 0 { await breathe(outbox) }
        }
        inbox.close()
        try await group.waitForAll()
    }
}

/// Waits a little, so that signals meet calls that wait too.
private func breathe(_ mailbox: Mailbox<Score, Score>) async {
    _ = await refusal { try await mailbox.next(timeout: .milliseconds(2)) }
}

private func exchangeMessages(at place: Endpoint) async throws {
    let pair = try await Pair(Score.self, at: place)
    try await withThrowingTaskGroup { group in
        group.addTask {
            for try await message in pair.server.messages {
                SignalStorm.welcome()
                try await pair.server.send(message)
            }
            try pair.server.finishSending()
        }
        for number in 0..<500 {
            SignalStorm.welcome()
            let answer = try await pair.client.request(score(number), timeout: patience)
            require(answer == score(number), "message \(number) came back as \(answer)")
        }
        try pair.client.finishSending()
        require(try await pair.client.next(timeout: patience) == nil, "no end")
        try await group.waitForAll()
    }
}

/// Fills queues both ways, so that the loop passes on what was kept.
private func moveMuch(at place: Endpoint) async throws {
    let pair = try await Pair([UInt8].self, at: place, framing: .lengthPrefixed())
    try await withThrowingTaskGroup { group in
        group.addTask {
            SignalStorm.welcome()
            for number in 0..<16 {
                try await pair.client.send(pattern(1 << 20, from: number), timeout: patience)
            }
            try pair.client.finishSending()
        }
        for number in 0..<16 {
            SignalStorm.welcome()
            let message = try await pair.server.next(timeout: patience)
            require(message == pattern(1 << 20, from: number), "megabyte \(number) is not what was sent")
        }
        require(try await pair.server.next(timeout: patience) == nil, "no end")
        try await group.waitForAll()
    }
}

/// Bytes of which each tells its place.
func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    let block = (0..<251).map { UInt8(truncatingIfNeeded: ($0 + start) % 251) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count + block.count <= count { bytes += block }
    return bytes + block.prefix(count - bytes.count)
}
