import ExampleMessages
import Glibc
import ParleyCore
import ParleyEventLoop
import ParleyNetwork
import ParleyTypes
import ParleyWire
import Testing

extension ProcessTests {
    /// Laws of pieces that need a network or an environment of their own.
    @Suite(.serialized) struct OffloadTests {
        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `datagrams that the kernel will not cut for the path leave one by one`() async throws {
            await #expect(processExitsWith: .success) { try await Self.sendOverANarrowPath() }
        }

        /// A path of 1,500 bytes: 2,000 do not fit a packet and are fragmented, which the kernel refuses to do
        /// with pieces.
        @MainActor
        private static func sendOverANarrowPath() async throws {
            let isNarrow = Namespace.enterNewNetwork() && Namespace.run("ip link set lo mtu 1500")
            require(isNarrow, "no narrow path")
            let inbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
            let outbox = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
            for size in [1000, 2000, 1472, 1473, 1000] {
                try await outbox.send(
                    contentsOf: (0..<20).map { [UInt8](repeating: UInt8($0), count: size) },
                    to: inbox.localAddress
                )
                for number in 0..<20 {
                    let message = try await inbox.next(timeout: patience)?.message
                    let expected = [UInt8](repeating: UInt8(number), count: size)
                    require(message == expected, "\(number) of \(size) bytes: \(message?.count ?? -1)")
                }
            }
            require(
                inbox.statistics.received == 100 && inbox.statistics.lostAtLeast == 0,
                "\(inbox.statistics)"
            )
        }

        @Test(.enabled(if: Namespace.isPossible, Namespace.reason))
        func `what the way to one host does not take is cut for the others all the same`() async throws {
            await #expect(processExitsWith: .success) { try await Self.sendOverTwoPaths() }
        }

        /// To the far host 1,500 bytes, here 65,536.
        @MainActor
        private static func sendOverTwoPaths() async throws {
            guard let link = Namespace.Link() else { return require(false, "no link") }
            let network = KernelNetwork()
            let far = KernelNetwork()
            let soon = network.now.advanced(by: patience)
            let outbox = try await network.open(.udp, until: soon)
            let here = try await network.open(.udp("127.0.0.1", 0), until: soon)
            let there = try await link.atFar { try await far.open(.udp("10.9.0.2", 0), until: soon) }
            let size = 2000
            let bytes = [UInt8](repeating: 7, count: 10 * size)
            for _ in 0..<3 {
                var list = [there, here, there, here].map { port in
                    Transmit(0..<bytes.count, segmentBytes: size, to: port.localAddress)
                }
                list.append(Transmit(0..<1000, segmentBytes: 100, to: there.localAddress))
                var position = TransmitPosition()
                while position.index < list.count {
                    let taken = try unsafe outbox.transmit(bytes.span.bytes, list.span, at: &position)
                    if taken == 0 { try await outbox.waitUntilWritable(until: soon) }
                }
                let local = try await receive(20, at: here, until: soon)
                require(
                    local == [Piece(bytes: 20000, size: size)] + [Piece(bytes: 20000, size: size)],
                    "\(local)"
                )
                let remote = try await receive(30, at: there, until: soon)
                require(remote.reduce(0) { $0 + $1.bytes } == 41_000, "\(remote)")
            }
        }

        private struct Piece: Equatable {
            var bytes: Int
            var size: Int
        }

        /// What comes until so many datagrams have.
        @MainActor
        private static func receive(
            _ count: Int,
            at port: any MessagePort,
            until deadline: MonotonicInstant
        ) async throws -> [Piece] {
            let batch = port.makeBatch(messageBytes: 65_535, slots: 64)
            var pieces: [Piece] = []
            var datagrams = 0
            while datagrams < count {
                guard case .received = try port.receive(into: batch) else {
                    try await port.waitUntilReadable(until: deadline)
                    continue
                }
                datagrams += batch.datagramCount
                for index in 0..<batch.count {
                    let entry = batch.entry(index)
                    pieces.append(Piece(bytes: entry.byteCount, size: entry.segmentBytes))
                }
            }
            return pieces
        }

        @Test func `without offload everything arrives all the same`() async throws {
            await #expect(processExitsWith: .success) {
                unsafe setenv("PARLEY_OFFLOAD", "off", 1)
                let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let outbox = try await Mailbox(Score.self, at: .udp)
                for wave in 0..<20 {
                    try await outbox.send(
                        contentsOf: (0..<50).map { score(wave * 50 + $0) },
                        to: inbox.localAddress
                    )
                    for number in 0..<50 {
                        let message = try await inbox.next(timeout: patience)?.message
                        require(message == score(wave * 50 + number), "\(String(describing: message))")
                    }
                }
            }
        }
    }
}
