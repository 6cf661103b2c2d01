import BenchKit
import NIOCore
import NIOEmbedded

/// A channel that a test has in its hands: a message is written into it, its echo read out of it.
func measureEmbeddedEcho(seconds: Double) throws {
    final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }
    }

    let channel = EmbeddedChannel(handler: Echo())
    let message = ByteBuffer(repeating: 7, count: 100)
    var rate = RateCount(seconds: seconds)
    while !rate.isOver() {
        for _ in 0..<10_000 {
            try channel.writeInbound(message)
            guard try channel.readOutbound(as: ByteBuffer.self) != nil else { fail("an echo is missing") }
        }
        rate.add(20_000)
    }
    report("simulation", peer: "SwiftNIO", row: "messages", unit: "messages/s", value: rate.perSecond)
}
