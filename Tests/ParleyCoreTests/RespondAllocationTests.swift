import CAllocationCount
import ExampleMessages
import Glibc
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

extension ProcessTests {
    /// A request and its answer cost no allocation. The client is plain C here, so that every one that is counted is
    /// the server's.
    @Suite(.serialized, .enabled(if: parley_allocations_are_countable(), "glibc without a sanitizer counts"))
    struct RespondAllocationTests {
        @Test func `answers over a stream allocate nothing per request, alone or in bursts`() async {
            await #expect(processExitsWith: .success) {
                let listener = try await Listener(Score.self, at: .loopback)
                let serving = Task { try await listener.respond(mark) }
                let client = PlainClient(SOCK_STREAM, to: listener.localAddress)
                client.check(burst: 1)
                client.check(burst: 100)
                serving.cancel()
                _ = await serving.result
            }
        }

        @Test func `who asks costs no allocation either, nor do hooks`() async {
            await #expect(processExitsWith: .success) {
                let listener = try await Listener(Score.self, at: .loopback)
                let serving = Task {
                    try await listener.respond(onConnected: { _ in }, onEnded: { _, _ in }) { score, peer in
                        peer.address.port == 0 ? nil : mark(score)
                    }
                }
                let client = PlainClient(SOCK_STREAM, to: listener.localAddress)
                client.check(burst: 1)
                client.check(burst: 100)
                serving.cancel()
                _ = await serving.result
            }
        }

        @Test func `answers to letters allocate nothing per letter`() async {
            await #expect(processExitsWith: .success) {
                let inbox = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let serving = Task { try await inbox.respond { mark($0.message) } }
                let client = PlainClient(SOCK_DGRAM, to: inbox.localAddress)
                client.check(burst: 1)
                client.check(burst: 16)
                serving.cancel()
                _ = await serving.result
            }
        }
    }
}

/// A blocking socket that asks and waits.
private struct PlainClient {
    private let descriptor: Int32
    private let isStream: Bool

    init(_ type: __socket_type, to address: SocketAddress) {
        isStream = type == SOCK_STREAM
        descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = (address.port ?? 0).bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var limit = timeval(tv_sec: 100, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        require(connected == 0, "connect: \(errno)")
    }

    /// Counts so many requests, after a first time that fills the pools, and twice as many: the difference is theirs.
    func check(burst: Int) {
        let requests = 2000
        ask(requests, burst)
        let once = count { ask(requests, burst) }
        let twice = count { ask(2 * requests, burst) }
        print("\(once) allocations in \(requests) requests, \(twice) in \(2 * requests)")
        require(twice - once <= requests / 100, "\(twice - once) allocations for \(requests) requests more")
    }

    private func count(_ body: () -> Void) -> Int {
        parley_allocations_begin()
        body()
        return Int(parley_allocations_end())
    }

    private func ask(_ requests: Int, _ burst: Int) {
        let size = 21
        unsafe withUnsafeTemporaryAllocation(byteCount: 2 * size * burst, alignment: 16) { buffer in
            unsafe buffer.initializeMemory(as: UInt8.self, repeating: 65)
            var left = requests
            while left > 0 {
                var sent = 0
                while sent < burst {
                    let count = isStream ? burst : 1
                    require(
                        unsafe send(descriptor, buffer.baseAddress, size * count, 0) == size * count,
                        "send"
                    )
                    sent += count
                }
                var come = 0
                while come < size * burst {
                    let count = unsafe recv(descriptor, buffer.baseAddress, size * burst, 0)
                    require(count > 0, "recv: \(errno)")
                    come += count
                    unsafe buffer.initializeMemory(as: UInt8.self, repeating: 65)
                }
                left -= burst
            }
        }
    }
}
