import BenchKit
import FlyingSocks
import Foundation
import Glibc

// Benchmarks/c/udp-rate.c and udp-batch.c with FlyingFox's sockets: it has no batches, so one datagram a call.

@concurrent
func sendFlyingDatagrams(of message: PeerMessage, to host: String, port: UInt16, seconds: Double) async throws
{
    let socket = try await AsyncSocket(socket: Socket(domain: AF_INET, type: .datagram), pool: .client)
    let peer: sockaddr_in = try .inet(ip4: host, port: port)
    let start = secondsNow()
    var elapsed = 0.0
    var count = 0
    while elapsed < seconds {
        for _ in 0..<256 {
            try await socket.send(message.bytes(number: count), to: peer)
            count += 1
        }
        elapsed = secondsNow() - start
    }
    let rate = Double(count) / elapsed
    report("udp-batch", peer: "flying-socks", row: "sent", unit: "messages/s", value: rate)
    try socket.close()
}

@concurrent
func receiveFlyingDatagrams(of message: PeerMessage, port: UInt16, seconds: Double) async throws {
    let bound = try Socket(domain: AF_INET, type: .datagram)
    try bound.bind(to: .inet(port: port))
    let socket = try await AsyncSocket(socket: bound, pool: .client)
    let counter = Counter()
    let reader = Task {
        for try await datagram in socket.messages(maxMessageLength: 2048) {
            counter.take(isRight: message.isRight(datagram.payload))
        }
    }
    try await counter.watch(seconds: seconds)
    report("udp-batch", peer: "flying-socks", row: "received", unit: "messages/s", value: counter.rate)
    reader.cancel()
}
