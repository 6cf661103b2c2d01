import ExampleMessages
import ParleyCore
import ParleySimulation
import ParleyTypes
import Testing

@Suite struct LocalTests {
    @Test(arguments: [
        Endpoint.unix("/run/grades"), .unix("@grades"), .seqpacket("@grades"), .tcp("localhost", 80),
    ])
    func `a listener of the host itself answers`(place: Endpoint) async throws {
        try await SimulatedNetwork(seed: 1) { network in
            let host = network.host("one")
            host.start { try await Listener(Score.self, at: place).respond { graded($0) } }
            try await NetworkEnvironment.sleep(for: .milliseconds(1))
            try await host.run {
                let connection = try await Connection(Score.self, to: place)
                for number in 0..<10 {
                    #expect(
                        try await connection.request(score(number), timeout: .seconds(1)).math
                            == UInt32(number + 1)
                    )
                }
                try connection.finishSending()
                #expect(try await connection.next() == nil)
            }
            try await network.host("other").run { () async throws -> Void in
                await #expect(throws: ParleyError.self) { _ = try await Connection(Score.self, to: place) }
            }
        }
    }

    @Test func `messages of a connection with borders keep them, empty ones too, both ways, to the end`()
        async throws
    {
        try await SimulatedNetwork(seed: 1) { network in
            let host = network.host("one")
            host.start {
                let listener = try await Listener([UInt8].self, at: .seqpacket("/run/a"))
                try await listener.run { connection in
                    for try await message in connection.messages { try await connection.send(message) }
                }
            }
            try await NetworkEnvironment.sleep(for: .milliseconds(1))
            try await host.run {
                let connection = try await Connection([UInt8].self, to: .seqpacket("/run/a"))
                let sizes = [0, 1, 60_000, 0, 65_536, 17]
                async let sent: Void = {
                    for _ in 0..<20 {
                        for size in sizes { try await connection.send([UInt8](repeating: 1, count: size)) }
                    }
                    try connection.finishSending()
                }()
                var came: [Int] = []
                for try await message in connection.messages { came.append(message.count) }
                try await sent
                #expect(came == (0..<20).flatMap { _ in sizes })
                await #expect(throws: ParleyError.self) {
                    try await Connection([UInt8].self, to: .seqpacket("/run/a")).send(
                        [UInt8](repeating: 1, count: 213_000)
                    )
                }
            }
        }
    }

    @Test func `a Unix datagram is never lost: who finds no room waits`() async throws {
        try await SimulatedNetwork(seed: 1) { network in
            try await network.host("one").run {
                let inbox = try await Mailbox(Score.self, at: .unixgram("@grades"))
                let outbox = try await Mailbox(Score.self, at: .unixgram)
                async let sent: Void = {
                    for number in 0..<5000 { try await outbox.send(score(number), to: "@grades") }
                }()
                try await NetworkEnvironment.sleep(for: .seconds(1))
                var numbers: [UInt32] = []
                for try await letter in inbox {
                    numbers.append(letter.message.math)
                    if numbers.count == 1 { try await inbox.send(score(7), to: letter.sender) }
                    if numbers.count == 5000 { break }
                }
                try await sent
                #expect(numbers == Array(0..<5000))
                for try await letter in outbox {
                    #expect(letter.message.math == 7)
                    break
                }
                await #expect(throws: ParleyError.self) { try await outbox.send(score(1), to: "/run/nobody") }
            }
        }
    }
}
