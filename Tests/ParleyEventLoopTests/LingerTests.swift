import Glibc
import ParleyNetwork
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyEventLoop

/// What becomes of what was sent when a connection is closed.
@Suite(.timeLimit(.minutes(5))) struct LingerTests {
    private func accept(_ listener: borrowing Socket) throws -> Socket {
        var entry = pollfd(fd: listener.fileDescriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&entry, 1, 10000)
        guard case .accepted(let socket, _) = try listener.accept() else {
            throw SocketError(.accept, .wouldBlock)
        }
        return socket
    }

    /// Waits for the end of a connection, not for its bytes.
    private func waitForReset(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 20000) == 1 && Int32(entry.revents) & POLLERR != 0
    }

    private func connect(_ network: KernelNetwork, _ listener: borrowing Socket, linger: Duration?)
        async throws
        -> any Port
    {
        var endpoint = Endpoint.tcp("127.0.0.1", try listener.localAddress.port!)
        endpoint.options.linger = linger
        return try await network.connect(to: endpoint, until: network.now.advanced(by: .seconds(10))).port
    }

    private func listener() throws -> Socket {
        try Socket.listener(at: .tcp("127.0.0.1", 0), bound: .ipv4(.loopback, port: 0))
    }

    private static let large = [UInt8](repeating: 7, count: 32 << 20)

    @Test func `a connection that lingers zero seconds is reset when it is closed`() async throws {
        let listener = try listener()
        let port = try await connect(KernelNetwork(), listener, linger: .zero)
        let peer = try accept(listener)
        // More than any queue takes: the rest is kept, and thrown away.
        #expect(try unsafe port.transmit(Self.large.span.bytes))
        port.close()
        #expect(waitForReset(peer.fileDescriptor))
    }

    @Test func `accepted connections linger as their listener's endpoint says`() async throws {
        var endpoint = Endpoint.tcp("127.0.0.1", 0)
        endpoint.options.linger = .zero
        let network = KernelNetwork()
        let deadline = network.now.advanced(by: .seconds(10))
        let listener = try await network.listen(at: endpoint, until: deadline)
        let peer = try Socket(.ipv4, .stream)
        _ = try peer.connect(to: listener.localAddress)
        let port = try await listener.accept().port
        port.close()
        #expect(waitForReset(peer.fileDescriptor))
    }

    @Test func `what nobody takes within the time to linger is given up, and the peer learns it`()
        async throws
    {
        let listener = try listener()
        let port = try await connect(KernelNetwork(), listener, linger: .seconds(1))
        let peer = try accept(listener)
        #expect(try unsafe port.transmit(Self.large.span.bytes))
        port.close()
        #expect(waitForReset(peer.fileDescriptor))
    }

    @Test func `a connection that lingers passes on what was sent before its end`() async throws {
        let listener = try listener()
        let port = try await connect(KernelNetwork(), listener, linger: .seconds(30))
        let peer = try accept(listener)
        #expect(try unsafe port.transmit(Self.large.span.bytes))
        port.close()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var total = 0
        while true {
            var span = buffer.mutableSpan
            var raw = unsafe span.mutableBytes
            guard let count = try peer.receive(into: &raw) else {
                var entry = pollfd(fd: peer.fileDescriptor, events: Int16(POLLIN), revents: 0)
                try #require(unsafe poll(&entry, 1, 20000) == 1)
                continue
            }
            if count == 0 { break }
            total += count
        }
        #expect(total == Self.large.count)
    }
}
