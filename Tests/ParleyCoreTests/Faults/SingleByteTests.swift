import Glibc
import ParleyCore
import ParleySimulation
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// Peers that read and write a single byte at a time, over real sockets with the smallest queues.
@Suite(.timeLimit(.minutes(5))) struct SingleByteTests {
    static let framings: [Framing] = FramingTests.framings + [.untilEnd()]

    private static func messages(for framing: Framing) -> [[UInt8]] {
        if framing == .backToBack(bytes: 7) { return (0..<30).map { pattern(7, from: $0) } }
        // All of it is one wait of the reader.
        if framing == .untilEnd() { return [pattern(40)] }
        return [1, 0, 2, 11, 200, 3].map { size in (0..<size).map { UInt8(48 + $0 % 64) } }
    }

    /// What the library makes of these messages, as a peer without a framing of its own sees it.
    private static func wire(_ messages: [[UInt8]], _ framing: Framing) async throws -> [UInt8] {
        try await SimulatedNetwork(seed: 1) { _ in
            let listener = try await Listener([UInt8].self, at: .loopback, framing: .chunks)
            let client = try await Connection(
                [UInt8].self,
                to: .reaching(listener.localAddress, by: .tcp),
                framing: framing
            )
            let server = try await listener.accept()
            for message in messages { try await client.send(message) }
            try client.finishSending()
            var bytes: [UInt8] = []
            for try await chunk in server.messages { bytes += chunk }
            return bytes
        }
    }

    @Test(arguments: framings)
    func `a peer that writes byte by byte is understood`(framing: Framing) async throws {
        let messages = Self.messages(for: framing)
        let bytes = try await Self.wire(messages, framing)
        for place in [Endpoint.loopback, .unix(abstract: Fresh.name)] {
            let listener = try await Listener([UInt8].self, at: place, framing: framing)
            let peer = try Peer(of: listener.localAddress)
            let connection = try await listener.accept()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for byte in bytes {
                        try await peer.write(byte)
                        await Task.yield()
                    }
                    try peer.socket.shutdown(.sending)
                }
                var received: [[UInt8]] = []
                while let message = try await connection.next(timeout: patience) { received.append(message) }
                #expect(received == messages)
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: [Endpoint.loopback, .unix(abstract: Fresh.name)])
    func `a peer that reads byte by byte gets every byte at its place`(place: Endpoint) async throws {
        var place = place
        place.options.sendBufferBytes = 1
        let listener = try await Listener([UInt8].self, at: place, framing: .lengthPrefixed())
        let peer = try Peer(of: listener.localAddress)
        let connection = try await listener.accept()
        let sizes = [1, 70_000, 300_000, 2, 1 << 19]
        try await withThrowingTaskGroup { group in
            group.addTask {
                for (index, size) in sizes.enumerated() {
                    try await connection.send(pattern(size, from: index), timeout: patience)
                }
                try connection.finishSending()
            }
            let received = try await peer.readToEnd()
            var expected: [UInt8] = []
            for (index, size) in sizes.enumerated() {
                for shift in [24, 16, 8, 0] { expected.append(UInt8(truncatingIfNeeded: size >> shift)) }
                expected += pattern(size, from: index)
            }
            #expect(received == expected)
            try await group.waitForAll()
        }
    }
}

/// The other end, by the bare socket.
private final class Peer: Sendable {
    let socket: Socket

    init(of address: SocketAddress) throws {
        socket = try Socket(address.port == nil ? .unix : .ipv4, .stream)
        try socket.setReceiveBufferBytes(1)
        if address.port != nil { try socket.setNoDelay(true) }
        if try socket.connect(to: address) == .inProgress {
            var entry = pollfd(fd: socket.fileDescriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&entry, 1, 5000)
        }
        try socket.finishConnecting(to: address)
    }

    /// Waits while the queue is full: a single byte takes the room of hundreds there.
    func write(_ byte: UInt8) async throws {
        let bytes = [byte]
        while unsafe try socket.send(bytes.span.bytes) == nil {
            var entry = pollfd(fd: socket.fileDescriptor, events: Int16(POLLOUT), revents: 0)
            _ = unsafe poll(&entry, 1, 1)
            await Task.yield()
        }
    }

    /// A single byte each time; the task's thread goes to others when nothing has come.
    func readToEnd() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 << 20)
        var byte: UInt8 = 0
        while true {
            let count = unsafe recv(socket.fileDescriptor, &byte, 1, 0)
            if count == 1 {
                bytes.append(byte)
            } else if count == 0 {
                return bytes
            } else {
                guard errno == EAGAIN else { throw SocketError(.receive, ErrorCode(rawValue: errno)) }
                var entry = pollfd(fd: socket.fileDescriptor, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&entry, 1, 1)
                await Task.yield()
            }
        }
    }
}
