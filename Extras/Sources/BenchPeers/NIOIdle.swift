import BenchKit
import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Messages that came to the channels below.
private let letterCount = Atomic<Int>(0)

/// Bytes of memory for each of `count` datagram channels, open (a channel always reads) and after one datagram.
func measureIdleDatagramChannels(_ count: Int) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // What the first ones cost is the program's, not a channel's.
    let first = try openChannels(16, on: group)
    try sendOne(to: first, from: first[0])

    let base = residentBytes()
    func report(_ row: String) {
        let bytes = Double(max(residentBytes() - base, 0)) / Double(count)
        BenchKit.report("idle", peer: "swift-nio", row: row, unit: "bytes", value: bytes)
    }
    let channels = try openChannels(count, on: group)
    report("mailbox, open")
    report("mailbox, a reader waits")
    try sendOne(to: channels, from: first[0])
    report("mailbox, after one letter")
    try group.syncShutdownGracefully()
}

private func openChannels(_ count: Int, on group: any EventLoopGroup) throws -> [any Channel] {
    try (0..<count).map { _ in
        try DatagramBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LetterCounter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
    }
}

private func sendOne(to channels: [any Channel], from outbox: any Channel) throws {
    let wanted = letterCount.load(ordering: .relaxed) + channels.count
    for channel in channels {
        guard let address = channel.localAddress else { fail("a channel has no address") }
        let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(repeating: 1, count: 21))
        try outbox.writeAndFlush(envelope).wait()
    }
    let start = secondsNow()
    while letterCount.load(ordering: .relaxed) < wanted {
        guard secondsNow() - start < 5 else { fail("a datagram was lost") }
        usleep(1000)
    }
}

private final class LetterCounter: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        letterCount.add(1, ordering: .relaxed)
    }
}
