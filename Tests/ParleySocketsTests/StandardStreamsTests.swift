import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct StandardStreamsTests {
    @Test func `no socket of ours gets the number of a standard stream that is closed`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            for number in 0...2 { _ = close(Int32(number)) }
            let socket = try Socket(.ipv4, .stream)
            let pair = try Socket.pair(.stream)
            try socket.bind(to: .ipv4(.loopback, port: 0))
            try socket.listen(backlog: 1)
            let client = try Socket(.ipv4, .stream)
            _ = try client.connect(to: try socket.localAddress)
            var accepted: Int32 = -1
            for _ in 0..<1000 where accepted < 0 {
                if case .accepted(let peer, _) = try socket.accept() { accepted = peer.take() }
                usleep(1000)
            }
            let numbers = [
                socket.fileDescriptor, pair.first.fileDescriptor, pair.second.fileDescriptor,
                client.fileDescriptor, accepted,
            ]
            exit(numbers.allSatisfy { $0 > 2 } ? 7 : 1)
        }
    }
}
