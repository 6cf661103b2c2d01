import ExampleMessages
import ParleyCore
import ParleyTypes
import Testing

/// Groups that are joined and left while a mailbox is open, on lo.
@Suite(.serialized, .timeLimit(.minutes(5)), .bothGrounds) struct MembershipTests {
    private let limit = Duration.milliseconds(50)

    private func sender(at host: String) async throws -> Mailbox<Score, Score> {
        var endpoint = Endpoint.udp(host, 0)
        endpoint.options.interface = "lo"
        return try await Mailbox(Score.self, at: endpoint)
    }

    @Test func `a mailbox at every address hears a group from joining to leaving`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 0))
        let target = SocketAddress.ipv4(IPv4Address(239, 255, 79, 1), port: inbox.localAddress.port!)
        let sender = try await sender(at: "127.0.0.1")
        try await sender.send(score(0), to: target)
        try inbox.join("239.255.79.1", on: "lo")
        try await sender.send(score(1), to: target)
        let letter = try #require(try await inbox.next(timeout: patience))
        #expect(letter.message == score(1))
        try inbox.leave("239.255.79.1", on: "lo")
        try await sender.send(score(2), to: target)
        #expect(await refusal { try await inbox.next(timeout: limit) } == .timedOut(limit))
    }

    @Test func `senders are added and taken away while the mailbox is open`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 0))
        let target = SocketAddress.ipv4(IPv4Address(232, 255, 79, 1), port: inbox.localAddress.port!)
        let five = try await sender(at: "127.0.0.5")
        let six = try await sender(at: "127.0.0.6")
        try inbox.join("232.255.79.1", on: "lo", from: ["127.0.0.5"])
        try await six.send(score(6), to: target)
        try await five.send(score(5), to: target)
        #expect(try await inbox.next(timeout: patience)?.message == score(5))
        try inbox.join("232.255.79.1", on: "127.0.0.1", from: ["127.0.0.6"])
        try inbox.leave("232.255.79.1", on: "1", from: ["127.0.0.5"])
        try await five.send(score(5), to: target)
        try await six.send(score(6), to: target)
        #expect(try await inbox.next(timeout: patience)?.message == score(6))
    }

    private func refused(_ body: () throws -> Void) async throws -> SocketError {
        guard case .socket(let error)? = await refusal({ try body() }) else {
            throw SocketError(.join, .inProgress)
        }
        return error
    }

    @Test(.kernelOnly("simulated hosts have one network each, and no limit"))
    func `an interface that is not there and a group too many are told with the remedy`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 0))
        let unknown = try await refused { try inbox.join("239.255.79.2", on: "nosuch0") }
        #expect(unknown.code == .noSuchDevice && unknown.description.contains("this host has lo"))
        for number in 0...19 { try inbox.join("239.255.80.\(number)", on: "lo") }
        let limit = try await refused { try inbox.join("239.255.80.20", on: "lo") }
        #expect(limit.code == .noBufferSpace && limit.remedy.contains("igmp_max_memberships"))
    }

    @Test func `joining says what is wrong and what to do`() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 0))
        for text in ["10.0.0.1", "240.0.0.1", "group.example", "fd00::1"] {
            let error = try await refused { try inbox.join(text, on: "lo") }
            #expect(error.code == .invalidArgument && error.operation == .join)
            #expect(error.remedy.contains("224.0.0.0 to 239.255.255.255"), "\(error)")
        }
        for text in ["239.0.0.1", "sender.example", "fd00::1"] {
            let error = try await refused { try inbox.join("232.255.79.2", on: "lo", from: [text]) }
            #expect(error.code == .invalidArgument)
            #expect(error.remedy.contains("A sender is named by its address"), "\(error)")
        }
        try inbox.join("239.255.79.2", on: "lo")
        #expect(try await refused { try inbox.join("239.255.79.2", on: "lo") }.code == .addressInUse)
        let stranger = try await refused { try inbox.leave("239.255.79.3", on: "lo") }
        #expect(stranger.operation == .leave && stranger.remedy.contains("not a member"))
        inbox.close()
        #expect(await refusal { try inbox.join("239.255.79.4", on: "lo") } == .closed)
    }

    @Test func `a mailbox at one address refuses groups that it could never hear`() async throws {
        for place in [Endpoint.udp("127.0.0.1", 0), .udp(group: "239.255.79.5", port: 0, on: "lo")] {
            let inbox = try await Mailbox(Score.self, at: place)
            guard case .socket(let error)? = await refusal({ try inbox.join("239.255.79.6", on: "lo") })
            else {
                Issue.record("it joined")
                continue
            }
            #expect(error.code == .operationNotSupported)
            #expect(error.remedy.contains("every local address"))
        }
        let unix = try await Mailbox(Score.self, at: .unixgram)
        #expect(await code { try unix.join("239.255.79.6") } == .operationNotSupported)
    }
}
