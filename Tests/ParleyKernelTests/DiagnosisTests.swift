import Glibc
import ParleySockets
import ParleyTypes
import Synchronization
import Testing

@testable import ParleyKernel

@Suite(.timeLimit(.minutes(5))) struct DiagnosisTests {
    private func refused<Value: ~Copyable>(_ body: () throws(SocketError) -> Value) throws -> SocketError {
        do throws(SocketError) { _ = try body() } catch { return error }
        throw Unrefused()
    }

    struct Unrefused: Error {}

    private func listener(on address: SocketAddress = .ipv4(.loopback, port: 0), reusesPort: Bool = false)
        throws
        -> (socket: Int32, port: UInt16)
    {
        let socket = try Socket(.ipv4, .stream)
        if reusesPort { try socket.setReusesPort(true) }
        try socket.bind(to: address)
        try socket.listen()
        let port = try #require(try socket.localAddress.port)
        return (socket.take(), port)
    }

    @Test func `a bind that fails is explained by the listener: its process, its address, what to do`()
        async throws
    {
        let (server, port) = try listener()
        defer { close(server) }
        let error = try refused { () throws(SocketError) in
            try Socket(.ipv4, .stream).bind(to: .ipv4(.any, port: port))
        }
        #expect(error.traits?.transport == .tcp)
        let diagnosis = try #require(await error.diagnosis())
        #expect(diagnosis.cause.contains("(pid \(getpid()), user "))
        #expect(diagnosis.cause.contains("listens at 127.0.0.1:\(port)"))
        #expect(diagnosis.remedy.contains("kill \(getpid())") && diagnosis.remedy.contains("SO_REUSEPORT"))
        let holder = try #require(diagnosis.holders.first)
        #expect(holder.socket.state == .listen && holder.socket.local == .ipv4(.loopback, port: port))
        #expect(holder.owners.contains { $0.process.id == getpid() })
        #expect(holder.reuse == ReuseFlags(address: false, port: false))
        #expect("\(diagnosis)" == "\(diagnosis.cause) \(diagnosis.remedy)")
    }

    @Test func `a holder that is gone by now is said to be gone`() async throws {
        let (server, port) = try listener()
        let error = try refused { () throws(SocketError) in
            try Socket(.ipv4, .stream).bind(to: .ipv4(.loopback, port: port))
        }
        close(server)
        let diagnosis = try #require(await error.diagnosis())
        #expect(diagnosis.cause.contains("has gone meanwhile") && diagnosis.holders.isEmpty)
    }

    @Test func `an abstract name is explained by who holds it`() async throws {
        let name = SocketAddress.unix(.abstract(Array("parley-\(getpid())-diagnosis".utf8)))
        let server = try Socket(.unix, .stream)
        try server.bind(to: name)
        try server.listen()
        let error = try refused { () throws(SocketError) in try Socket(.unix, .stream).bind(to: name) }
        let diagnosis = try #require(await error.diagnosis())
        #expect(diagnosis.cause.contains("(pid \(getpid())") && diagnosis.cause.contains("listens there"))
    }

    @Test func `a second connection of the same five values names the first`() async throws {
        let (server, port) = try listener()
        defer { close(server) }
        let remote = SocketAddress.ipv4(.loopback, port: port)
        let first = try Socket(.ipv4, .stream)
        try first.setReusesAddress(true)
        try first.bind(to: .ipv4(.loopback, port: 0))
        let local = try first.localAddress
        _ = try first.connect(to: remote)
        let second = try Socket(.ipv4, .stream)
        try second.setReusesAddress(true)
        try second.bind(to: local)
        let error = try refused { () throws(SocketError) in try second.connect(to: remote) }
        #expect(error.code == .addressNotAvailable)
        let diagnosis = try #require(await error.diagnosis())
        #expect(diagnosis.cause.contains("\(local) with \(remote)"))
        #expect(diagnosis.cause.contains("same protocol, addresses and ports"))
    }

    @Test func `who asks on an actor keeps the actor free`() async throws {
        let (server, port) = try listener()
        defer { close(server) }
        let error = SocketError(.bind, .addressInUse, local: .ipv4(.loopback, port: port))
        let cause = await Asker().ask(error)
        #expect(cause?.contains(":\(port)") == true)
    }

    private actor Asker {
        func ask(_ error: SocketError) async -> String? { await error.diagnosis()?.cause }
    }

    @Test func `errors that nobody can explain better have no diagnosis`() async {
        for error in [
            SocketError(.resolve, .nameNotFound, subject: "a.example"),
            SocketError(.receive, .connectionReset),
            SocketError(.connect, .timedOut, remote: .ipv4(IPv4Address(192, 0, 2, 1), port: 9)),
            SocketError(.bind, .addressInUse), SocketError(.send, .messageTooLong),
            SocketError(.join, .noSuchDevice, subject: "x (this host has lo)"),
            SocketError(.connect, .connectionRefused), SocketError(.connect, .notPermitted),
        ] {
            #expect(await error.diagnosis() == nil, "\(error)")
        }
    }

    @Test(arguments: 1...4) func `no error traps who explains it`(seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        let addresses: [SocketAddress?] = [
            nil, .ipv4(.any, port: 0), .ipv4(.loopback, port: 9), .ipv6(.any, port: 80, zone: 0),
            .ipv6(.loopback, port: 65535, zone: 7), .unix(.unnamed), .unix(.path("")), .unix(.path("/")),
            .unix(.path("relative/x")), .unix(.path("/root/\u{1b}[2Jx")), .unix(.abstract([0, 255])),
            .ipv4(IPv4Address(239, 1, 2, 3), port: 1), .ipv4(.broadcast, port: 7),
            .ipv6(IPv6Address(mapping: .loopback), port: 1, zone: 0),
        ]
        let codes: [ErrorCode] = [
            .addressInUse, .addressNotAvailable, .permissionDenied, .notPermitted, .noBufferSpace,
            .messageTooLong,
            .networkUnreachable, .networkDown, .hostUnreachable, .connectionRefused, .tooManyFilesInProcess,
            .tooManyFilesInSystem, .noSuchDevice, .noData,
        ]
        let transports: [Transport?] = [
            nil, .tcp, .udp, .unix, .seqpacket, Transport(rawValue: "udplite"), .descriptor,
        ]
        for _ in 0..<60 {
            var error = SocketError(
                SocketError.Operation.allCases.randomElement(using: &random)!,
                codes.randomElement(using: &random)!,
                local: addresses.randomElement(using: &random)!,
                remote: addresses.randomElement(using: &random)!,
                subject: ["", "239.1.2.3 on lo", " from ", nil].randomElement(using: &random)!
            )
            error.traits = transports.randomElement(using: &random)!.map { SocketTraits(transport: $0) }
            guard let diagnosis = await error.diagnosis() else { continue }
            #expect(diagnosis.cause.hasSuffix("."), "\(error): \(diagnosis)")
            #expect(!diagnosis.description.unicodeScalars.contains { $0.value < 0x20 }, "\(diagnosis)")
        }
    }

    @Test func `a report of a free port says yes to every policy, and of a listener how many may wait`()
        throws
    {
        let (server, port) = try listener()
        defer { close(server) }
        var question = PortReport.Question()
        question.kinds = [.tcp]
        let part = try #require(PortReport.read(port, question).parts.first)
        #expect(
            part.listeners.map(\.waitingMax) == [Int(Endpoint.backlogDefault) + 1]
                || part.listeners[0].waitingMax > 1
        )
        #expect(
            part.trials.contains { if case .fails(.addressInUse, _) = $0.verdict { true } else { false } }
        )
        #expect(part.occupancy.holders.first?.owners.isEmpty == false)
        question.kinds = [.udp]
        question.addresses = [.ipv4(.loopback)]
        let spare = try Socket(.ipv4, .datagram)
        try spare.bind(to: .ipv4(.loopback, port: 0))
        let taken = try #require(try spare.localAddress.port)
        let datagrams = try #require(PortReport.read(taken, question).parts.first)
        #expect(datagrams.receptions.contains { $0.reception == .one(datagrams.occupancy.sockets[0]) })
        spare.close()
        let free = try #require(PortReport.read(taken, question).parts.first)
        #expect(free.occupancy.isFree && free.trials.allSatisfy { $0.verdict == .succeeds })
    }
}
