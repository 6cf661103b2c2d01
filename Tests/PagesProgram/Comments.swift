// swift-format-ignore-file
// The examples of doc comments, word for word, where a reader would put them. Tests/TidyTests finds each here.
// What they use and do not show are the parameters.

import Logging
import Parley
import ParleyFlow
import ParleyOperations
import ServiceLifecycle

func store(_ score: Score) async {}
func count(_ score: Score) {}
func grade(_ score: Score) async throws -> Score { score }
func grade(_ score: Score, of peer: Peer) async throws -> Score { score }
func serve(_ connection: Connection<Score, Score>) async throws {}

enum Macros {
    @WireMessage
    struct Score {                       // struct { char name[13]; uint32_t math, chinese; } packed
        var name: CString<13>
        var math: UInt32
        var chinese: UInt32
    }

    @WireMessage
    struct IPv4Start {                   // 45 00 00 14 …
        @Bits(4) let version: UInt8 = 4  //  0                   1
        @Bits(4) var words: UInt8        //  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
        @Bits(6) var service: UInt8      // |version| words | service   |ecn|
        @Bits(2) var congestion: UInt8   // |            length             |
        var length: UInt16
    }

    @WireMessage(tag: UInt8.self)
    enum Packet {
        @Tag(1) case hello(Hello)
        @Tag(2) case data(Block)
        @Tag(3) case bye
        case unknown(tag: UInt8, [UInt8])     // without it, an unknown tag is an error
    }

    enum Kind: UInt8, WireTag { case hello = 1, data = 2 }
}

enum Counted {
    @WireMessage struct Block {
        var length: ByteCount<UInt16>      // the bytes of `body`
        var body: [UInt8]
    }
}

enum Smooth {
    @WireMessage struct Frame {
        var number: UInt16
        var stamp: UInt32
    }

    static func show(_ frame: Frame) async {}

    static func played(_ inbox: Mailbox<Frame, Frame>) async throws {
        let smoothed = try inbox.smoothed(by: .number(\.number, every: .milliseconds(20)))
        for try await played in smoothed { await show(played.message) }
    }

    static func timings() {
        let byNumber = PlayoutTiming<Frame>.number(\.number, every: .milliseconds(20))
        let byStamp = PlayoutTiming<Frame>.stamp(\.stamp, unitsPerSecond: 90_000, number: \.number)
        let byBytes = PlayoutTiming<[UInt8]>.number(every: .milliseconds(20)) { bytes -> UInt16? in
            guard bytes.count >= 4 else { return nil }
            return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
        _ = (byNumber, byStamp, byBytes)
    }
}

struct Numbered {
    @WireMessage struct Order {
        var number: MessageNumber<UInt16>      // the bytes of a UInt16
        var amount: UInt32
    }
    let order = Order(amount: 3)
}

func remembered(
    _ number: UInt64,
    _ digest: UInt64,
    _ bytes: [UInt8],
    from peer: SocketAddress,
    at now: MonotonicInstant,
    run: ([UInt8]) -> [UInt8]
) {
    func send(_ answer: [UInt8], to peer: SocketAddress) {}
    var memory = AnswerMemory<SocketAddress>(.usual)
    switch memory.receive(number, ofBits: 16, saying: digest, from: peer, at: now) {
    case .new(let question):
        let answer = run(bytes)
        memory.keep(answer, for: question, of: peer, at: now)
        send(answer, to: peer)
    case .repeated(let answer?): send(answer, to: peer)
    case .repeated(nil), .running, .forgotten, .refused: break
    }
}

struct Stock {
    func take(_ amount: UInt32) {}
}

func numbered(_ mailbox: Mailbox<Order, Order>, _ order: Order, stock: Stock) async throws {
    func retrying() async throws -> (Answer<Order>, Retrying) {
        let answer = try await mailbox.request(order, to: "server.example:9000", retrying: .usual)
        let patient = try Retrying(tries: nil, within: .seconds(60), window: 8)
        return (answer, patient)
    }
    func connected(_ connection: Connection<Order, Order>) async throws -> Answer<Order> {
        let answer = try await connection.request(Order(amount: 3), retrying: .usual)
        return answer
    }
    func remembering() async throws {
        let service = try await Mailbox(Order.self, at: .udp(port: 9000))
        try await service.respond(remembering: .usual) { letter in
            stock.take(letter.message.amount)
            return letter.message
        }
    }
    func rememberingLater(
        _ service: Mailbox<Order, Order>,
        _ order: @escaping @Sendable (Order) async throws -> Order
    ) async throws {
        try await service.respond(remembering: .usual) { letter in try await order(letter.message) }
    }
}

func mailboxes(score: Score) async throws {
    func all() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
        for try await letter in inbox {
            print(letter.sender, letter.message.name, letter.message.math)
        }
    }
    func inBursts(_ inbox: Mailbox<Score, Score>) async throws {
        for try await letters in inbox.bursts {
            for letter in letters { count(letter.message) }
        }
    }
    func run() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 8089).loadBalanced())
        try await inbox.run { letter in await store(letter.message) }
    }
    func respond() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 8089).loadBalanced())
        try await inbox.respond { letter in
            letter.message.math > 100 ? nil : letter.message
        }
    }
    func respondInTime(_ inbox: Mailbox<Score, Score>) async throws {
        try await inbox.respond(
            timeout: .milliseconds(10),
            onUnanswered: { sender, error in print("\(sender) has no answer: \(error)") }
        ) { letter in letter.message }
    }
    func respondLater(_ inbox: Mailbox<Score, Score>) async throws {
        try await inbox.respond { letter in try await grade(letter.message) }
    }
    func groups() async throws {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
        try inbox.join("239.1.2.3", on: "eth0")
        try inbox.join("232.1.2.3", on: "eth0", from: ["10.0.0.5"])
    }
    func lent() async throws {
        try await withMailbox(Score.self, at: .udp) { outbox in
            try await outbox.send(score, to: "receiver.example:8089")
        }
    }
}

@WireMessage
private struct Asked {
    var number: UInt32
}

func connections(score: Score) async throws {
    func respond() async throws {
        let listener = try await Listener(Score.self, at: .tcp(port: 8086))
        try await listener.respond { score in
            score.math > 100 ? nil : Score(name: score.name, math: 100, chinese: score.chinese)
        }
    }
    func respondToPeers(_ listener: Listener<Score, Score>) async throws {
        try await listener.respond(
            onConnected: { peer in print("\(peer) connected") },
            onEnded: { peer, error in print("\(peer): \(error.map { "\($0)" } ?? "closed")") }
        ) { score, peer in
            peer.credentials?.userID == 0 ? score : nil
        }
    }
    func respondLater(_ listener: Listener<Score, Score>) async throws {
        try await listener.respond { score in try await grade(score) }
        try await listener.respond { score, peer in try await grade(score, of: peer) }
    }
    func pair() async throws {
        let (client, server) = try await Connection.pair(Score.self)
        async let served: Void = serve(server)
        let answer = try await client.request(Score(name: "Trans", math: 83, chinese: 86), timeout: .seconds(1))
        try await served
        print(answer)
    }
    func serve(_ connection: Connection<Score, Score>) async throws {
        for try await score in connection.messages { try await connection.send(score) }
    }
    func time() async throws -> Int64? {
        let time = try await Connection(to: .tcp("server.example", 8086), receiving: Line<Int64>.self)
        let stamp = try await time.next()?.value
        return stamp
    }
    func echo(_ connection: Connection<Score, Score>) async throws {
        for try await score in connection { try await connection.send(score) }
    }
    func untilTold(_ connection: Connection<Score, Score>) async throws {
        do {
            for try await score in connection { await store(score) }
        } catch where error.isCancellation {
            // We were told to end.
        } catch {
            print("the loop failed: \(error)")
        }
    }
    func lent() async throws -> Score {
        let answer = try await withConnection(Score.self, to: .tcp("server.example", 8086)) { connection in
            try await connection.request(score, timeout: .seconds(5))
        }
        return answer
    }
    func numbered(_ connection: Connection<Asked, Asked>, _ question: Asked) async throws -> Asked? {
        let answer = try await connection.requestLetter(question, timeout: .seconds(1))
        if answer.mayBeLate, answer.message.number != question.number { return nil }
        return answer.message
    }
    func paced(
        _ mailbox: Mailbox<Score, Score>,
        _ connection: Connection<Score, Score>,
        _ scores: [Score]
    ) async throws {
        mailbox.sendRate = try .messages(1000)
        try await connection.send(contentsOf: scores, rate: .bits(2_000_000))
        do throws(FlowError) { mailbox.sendRate = try .messages(0) } catch { print(error) }
    }
    func many(_ connection: Connection<Score, Score>, _ score: Score, _ other: Score) async throws -> [Score] {
        async let first = connection.request(score, timeout: .seconds(1))
        async let second = connection.request(other, timeout: .seconds(1))
        return try await [first, second]
    }
    func many(_ mailbox: Mailbox<Score, Score>, _ score: Score) async throws -> [Letter<Score>] {
        async let first = mailbox.request(score, to: "one.example:8089", timeout: .seconds(1))
        async let second = mailbox.request(score, to: "two.example:8089", timeout: .seconds(1))
        return try await [first, second]
    }
    func matching(_ connection: Connection<Asked, Asked>, _ question: Asked) async throws -> Asked {
        let answer = try await connection.request(
            question,
            matching: .equal(\.number),
            timeout: .seconds(1)
        )
        return answer
    }
    func matching(_ mailbox: Mailbox<Asked, Asked>, _ question: Asked, _ server: SocketAddress)
        async throws -> Asked
    {
        let answer = try await mailbox.request(
            question,
            to: server,
            matching: .equal(\.number),
            timeout: .seconds(1)
        )
        return answer.message
    }
    func signs() -> [Matching<Asked, Asked>] {
        let byNumber = Matching<Asked, Asked>.equal(\.number)
        let byCondition = Matching<Asked, Asked>.when { question, answer in answer.number == question.number }
        return [byNumber, byCondition]
    }
    func answer(_ request: Score, from file: borrowing OwnedDescriptor) async throws {}
    func descriptors(_ connection: Connection<Score, Score>) async throws {
        try connection.allowDescriptors(upTo: 1)
        for try await request in connection {
            var descriptors = connection.takeDescriptors()
            guard let file = descriptors.popFirst() else { continue }
            try await answer(request, from: file)
        }
    }
    func alive() -> Endpoint {
        var endpoint = Endpoint.tcp("server.example", 8086)
        endpoint.options.keepAlive = KeepAlive(after: .seconds(30), every: .seconds(10), count: 3)
        return endpoint
    }
}

func listeners(outbox: Mailbox<Score, Score>) async throws {
    func all() async throws {
        try await Listener(Score.self, at: .tcp(port: 8086)).run { connection in
            for try await score in connection { try await connection.send(score) }
        }
    }
    func lent() async throws {
        try await withListener(Score.self, at: .tcp(port: 8086), limits: .forStrangers) { listener in
            try await listener.run { connection in
                for try await score in connection { try await connection.send(score) }
            }
        }
    }
    func balanced() async throws -> Listener<Score, Score> {
        let listener = try await Listener(Score.self, at: .tcp(port: 8086).loadBalanced())
        return listener
    }
    func limited(_ listener: Listener<Score, Score>) async throws {
        try await listener.run(limits: .forStrangers) { connection in try await serve(connection) }
    }
    func askingWhy() async throws {
        try await Listener(Score.self, at: .tcp(port: 8086)).run { connection in
            do {
                for try await score in connection { try await outbox.send(score, to: "receiver.example:8089") }
            } catch {
                print(await error.diagnosis()?.description ?? "\(error)")
            }
        }
    }
}

func echo<M: PlainMessage>(_: M.Type, at place: Endpoint) async throws {
    try await Listener(M.self, at: place).run { connection in
        for try await message in connection { try await connection.send(message) }
    }
}

func simulated(on simulation: any Network) async throws {
    try await withNetwork(simulation) {
        let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))    // on the simulated network
        for try await letter in inbox { await store(letter.message) }
    }
}

func operated(_ listener: Listener<Score, Score>, logger: Logger) async throws {
    func service() async throws {
        let group = ServiceGroup(
            services: [ListenerService(listener) { connection in try await serve(connection) }],
            gracefulShutdownSignals: [.sigterm],
            logger: logger
        )
        try await group.run()
    }
    func metrics() -> MetricsService {
        let reporter = MetricsReporter()
        reporter.add(listener)
        let service = MetricsService(reporter, every: .seconds(10))
        return service
    }
}
