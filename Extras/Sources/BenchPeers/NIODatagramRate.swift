import BenchKit
import NIOCore
import NIOPosix

// Benchmarks/c/udp-rate.c with SwiftNIO: one typed 21-byte message a write on one side, vector reads on the
// other, one event loop each, the socket buffers as the system gives them.

private let nameBytesMax = 13
private let messageBytes = 21

func sendDatagrams(to host: String, port: Int, seconds: Double) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let peer = try SocketAddress.makeAddressResolvingHost(host, port: port)
    let channel = try DatagramBootstrap(group: group)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Sender(to: peer, seconds: seconds))
            }
        }
        .bind(host: "0.0.0.0", port: 0).wait()
    try channel.closeFuture.wait()
    try group.syncShutdownGracefully()
}

func receiveDatagrams(port: Int, seconds: Double) throws {
    let vectorCount = 32
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try DatagramBootstrap(group: group)
        .channelOption(.datagramVectorReadMessageCount, value: vectorCount)
        .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: vectorCount * 2048))
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Receiver(seconds: seconds))
            }
        }
        .bind(host: "0.0.0.0", port: port).wait()
    try channel.closeFuture.wait()
    try group.syncShutdownGracefully()
}

/// Writes and flushes message after message, and lets the loop breathe every few hundred.
private final class Sender: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let peer: SocketAddress
    private let seconds: Double
    private let name = Array("Trans".utf8) + [UInt8](repeating: 0, count: nameBytesMax - 5)
    private var start = 0.0
    private var count = 0

    init(to peer: SocketAddress, seconds: Double) {
        self.peer = peer
        self.seconds = seconds
    }

    func channelActive(context: ChannelHandlerContext) {
        start = secondsNow()
        sendMany(context: context)
    }

    private func sendMany(context: ChannelHandlerContext) {
        for _ in 0..<256 where context.channel.isWritable {
            var buffer = context.channel.allocator.buffer(capacity: messageBytes)
            buffer.writeBytes(name)
            buffer.writeInteger(UInt32(truncatingIfNeeded: count))
            buffer.writeInteger(UInt32(97))
            let envelope = AddressedEnvelope(remoteAddress: peer, data: buffer)
            context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
            count += 1
        }

        let elapsed = secondsNow() - start
        guard elapsed < seconds else {
            report("udp", peer: "swift-nio", row: "sent", unit: "messages/s", value: Double(count) / elapsed)
            context.close(promise: nil)
            return
        }
        context.eventLoop.assumeIsolated().execute { self.sendMany(context: context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("send: \(error)")
    }
}

/// Decodes and counts, for the given time from the first message on or until they stop coming.
private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private var rate: RateCount
    private var wrongCount = 0

    init(seconds: Double) {
        rate = RateCount(seconds: seconds)
    }

    func channelActive(context: ChannelHandlerContext) {
        scheduleCheck(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data).data
        guard buffer.readableBytes == messageBytes else { return }
        let name = buffer.readSlice(length: nameBytesMax)
        let math = buffer.readInteger(as: UInt32.self)
        let chinese = buffer.readInteger(as: UInt32.self)
        if name == nil || math == nil || chinese != 97 { wrongCount += 1 }
        rate.add(1)
    }

    private func scheduleCheck(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(50)) {
            self.check(context: context)
        }
    }

    private func check(context: ChannelHandlerContext) {
        guard rate.isOver() else { return scheduleCheck(context: context) }

        guard wrongCount == 0 else { fail("\(wrongCount) of \(rate.count) messages had a wrong value") }
        report("udp", peer: "swift-nio", row: "received", unit: "messages/s", value: rate.perSecond)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("receive: \(error)")
    }
}
