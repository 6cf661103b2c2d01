import BenchKit
import NIOCore
import NIOPosix

// Benchmarks/c/tcp-bulk.c with SwiftNIO, one event loop on each side: writes of 128 KiB, or of 64 KiB full of typed
// messages, as long as the channel says that it is writable.

func sendStream(_ message: PeerMessage?, to host: String, port: Int, seconds: Double) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try ClientBootstrap(group: group)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 18, high: 1 << 20))
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(StreamSender(message, seconds: seconds))
            }
        }
        .connect(host: host, port: port).wait()
    try channel.closeFuture.wait()
    try group.syncShutdownGracefully()
}

func receiveStream(_ message: PeerMessage?, port: Int, seconds: Double) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let done = group.next().makePromise(of: Void.self)
    _ = try ServerBootstrap(group: group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 128 << 10))
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let receiver = StreamReceiver(message, seconds: seconds, done: done)
                try channel.pipeline.syncOperations.addHandler(receiver)
            }
        }
        .bind(host: "0.0.0.0", port: port).wait()
    try done.futureResult.wait()
    try group.syncShutdownGracefully()
}

private final class StreamSender: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let message: PeerMessage?
    private let seconds: Double
    private let bytes = ByteBuffer(repeating: 0x5a, count: 128 << 10)
    private var start = 0.0
    private var count = 0

    init(_ message: PeerMessage?, seconds: Double) {
        self.message = message
        self.seconds = seconds
    }

    func channelActive(context: ChannelHandlerContext) {
        start = secondsNow()
        sendMany(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { sendMany(context: context) }
    }

    private func sendMany(context: ChannelHandlerContext) {
        while context.channel.isWritable, secondsNow() - start < seconds {
            context.writeAndFlush(wrapOutboundOut(nextBuffer(context.channel.allocator)), promise: nil)
        }
        if secondsNow() - start >= seconds { context.close(promise: nil) }
    }

    private func nextBuffer(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard let message else { return bytes }
        let messages = (64 << 10) / message.size
        var buffer = allocator.buffer(capacity: messages * message.size)
        for _ in 0..<messages {
            message.write(number: count, to: &buffer)
            count += 1
        }
        return buffer
    }

    /// The receiver has counted enough.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

private final class StreamReceiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let message: PeerMessage?
    private let done: EventLoopPromise<Void>
    private var rate: RateCount
    private var wrongCount = 0
    private var rest = ByteBuffer()

    init(_ message: PeerMessage?, seconds: Double, done: EventLoopPromise<Void>) {
        self.message = message
        self.done = done
        rate = RateCount(seconds: seconds)
    }

    func channelActive(context: ChannelHandlerContext) {
        scheduleCheck(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        rate.add(buffer.readableBytes)
        guard let message else { return }
        if rest.readableBytes > 0 {
            rest.writeBuffer(&buffer)
            swap(&rest, &buffer)
        }
        while buffer.readableBytes >= message.size {
            if !message.readNext(from: &buffer) { wrongCount += 1 }
        }
        rest = buffer
        rest.discardReadBytes()
    }

    /// The end of the stream is noticed here: nothing more comes.
    private func scheduleCheck(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(50)) {
            self.check(context: context)
        }
    }

    private func check(context: ChannelHandlerContext) {
        guard rate.isOver() else { return scheduleCheck(context: context) }
        guard wrongCount == 0 else { fail("\(wrongCount) wrong messages came") }
        report("tcp-bulk", peer: "swift-nio", row: "received", unit: "bytes/s", value: rate.perSecond)
        done.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
