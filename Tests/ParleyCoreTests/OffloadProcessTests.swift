import Glibc
import ParleyCore
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
