import BenchKit
import FlyingSocks
import Foundation
import Glibc

// Benchmarks/c/tcp-bulk.c and the echo server of requests.c with FlyingFox's sockets. A read of theirs brings 4 KiB
// at most.

private let writeBytes = 128 << 10

@concurrent
func sendFlyingStream(to host: String, port: UInt16, seconds: Double) async throws {
    let peer: sockaddr_in = try .inet(ip4: host, port: port)
    let socket = try await AsyncSocket.connected(to: peer)
    let bytes = Data(repeating: 0x5a, count: writeBytes)
    let start = secondsNow()
    do {
        while secondsNow() - start < seconds { try await socket.write(bytes) }
    } catch SocketError.disconnected {
        // The receiver has counted enough.
    }
    try socket.close()
}

@concurrent
func receiveFlyingStream(port: UInt16, seconds: Double) async throws {
    let listener = try await flyingListener(port: port)
    let counter = Counter()
    let reader = Task {
        let socket = try await listener.accept()
        while true { counter.take(try await socket.read(atMost: writeBytes).count, isRight: true) }
    }
    try await counter.watch(seconds: seconds)
    report("tcp-bulk", peer: "flying-socks", row: "received", unit: "bytes/s", value: counter.rate)
    reader.cancel()
}

/// Echoes until it is terminated.
@concurrent
func serveFlyingEcho(port: UInt16) async throws {
    let listener = try await flyingListener(port: port)
    try await withThrowingDiscardingTaskGroup { group in
        for try await socket in listener.sockets {
            group.addTask {
                try? socket.socket.setValue(true, for: NoDelay())
                do {
                    while true { try await socket.write(Data(socket.read(atMost: 4096))) }
                } catch {
                    try? socket.close()
                }
            }
        }
    }
}

private func flyingListener(port: UInt16) async throws -> AsyncSocket {
    let socket = try Socket(domain: AF_INET, type: .stream)
    try socket.setValue(true, for: .localAddressReuse)
    try socket.bind(to: .inet(port: port))
    try socket.listen()
    return try await AsyncSocket(socket: socket, pool: .client)
}

private struct NoDelay: SocketOption {
    var level: Int32 { Int32(IPPROTO_TCP) }
    var name: Int32 { TCP_NODELAY }

    func makeValue(from socketValue: Int32) -> Bool { socketValue > 0 }
    func makeSocketValue(from value: Bool) -> Int32 { value ? 1 : 0 }
}
