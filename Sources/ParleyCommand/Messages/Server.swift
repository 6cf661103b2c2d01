import ParleyCore
import ParleyText
import ParleyTypes
import ParleyWire
import Synchronization

/// Serves one service at one place, to everyone at once.
final class Server: Sendable {
    let service: Service
    /// Whoever answers when the service is `reply`.
    let replier: Replier?
    let endpoint: Endpoint
    let limits: ListenerLimits
    let console: Console
    private let served = Atomic<Int>(0)

    init(
        service: Service,
        replier: Replier? = nil,
        endpoint: Endpoint,
        limits: ListenerLimits,
        console: Console
    ) {
        self.service = service
        self.replier = replier
        self.endpoint = endpoint
        self.limits = limits
        self.console = console
    }

    func run() async throws {
        if endpoint.transport.isConnectionOriented {
            try await serveConnections()
        } else {
            try await serveDatagrams()
        }
    }

    func summarize() {
        let noun = endpoint.transport.isConnectionOriented ? "connection" : "datagram"
        console.note("served " + plural(served.load(ordering: .relaxed), noun) + console.droppedWords)
    }

    // MARK: Datagrams

    private func serveDatagrams() async throws(ParleyError) {
        let mailbox = try await Mailbox([UInt8].self, at: endpoint)
        defer { mailbox.close() }
        console.announce("serving \(service.rawValue) at", endpoint.transport, mailbox.localAddress)
        while let letter = try await mailbox.next() {
            let peer = TerminalText.escape("\(letter.sender)")
            console.note("\(peer): \(plural(letter.message.count, "byte"))", at: 1)
            served.add(1, ordering: .relaxed)
            guard let answer = answer(to: letter.message, from: peer) else { continue }
            if let port = letter.sender.port, Service.answeringPorts.contains(port) {
                console.note("\(peer): not answered, a service there might answer the answer", at: 1)
                continue
            }
            do throws(ParleyError) {
                try await mailbox.reply(answer, to: letter, timeout: .seconds(1))
            } catch {
                guard error != .cancelled else { throw error }
                // One peer's trouble is nobody else's.
                console.note("\(peer): \(Ending(error).message ?? "")", at: 1)
            }
        }
    }

    // MARK: Connections

    private func serveConnections() async throws(ParleyError) {
        let listener = try await Listener<[UInt8], [UInt8]>(
            receiving: BytesCoder(),
            sending: BytesCoder(),
            at: endpoint,
            framing: replier?.framing
        )
        defer { listener.close() }
        console.announce("serving \(service.rawValue) at", endpoint.transport, listener.localAddress)
        defer { count(listener.statistics) }
        try await listener.run(limits: limits) { [self] connection in
            let peer = TerminalText.escape("\(connection.peer)")
            console.note("\(peer) connected\(connection.introduction)", at: 1)
            served.add(1, ordering: .relaxed)
            do throws(ParleyError) {
                try await serve(connection)
                console.note("\(peer) closed", at: 1)
            } catch {
                guard error != .cancelled else { return }
                console.note("\(peer): \(Ending(error).message ?? "")", at: 1)
            }
        }
    }

    /// Says what the limits have done, where they did something.
    private func count(_ statistics: ListenerStatistics) {
        if statistics.refused > 0 { console.remark("refused \(plural(statistics.refused, "connection"))") }
        if statistics.cutOff > 0 {
            console.note("let go \(plural(statistics.cutOff, "silent client"))", at: 1)
        }
    }

    private func serve(_ connection: Connection<[UInt8], [UInt8]>) async throws(ParleyError) {
        if let answer = service.answer(at: .now) {
            try await connection.send(answer)
            try connection.finishSending()
            return
        }
        // A client that says or takes nothing gives its place to another: the limits see to it.
        while let bytes = try await connection.next() {
            let peer = TerminalText.escape("\(connection.peer)")
            if let answer = answer(to: bytes, from: peer) {
                try await connection.send(answer)
            }
        }
    }

    private func answer(to bytes: [UInt8], from peer: String) -> [UInt8]? {
        if let replier { return replier.answer(to: bytes, from: peer) }
        return service.answer(to: bytes, at: .now)
    }
}
