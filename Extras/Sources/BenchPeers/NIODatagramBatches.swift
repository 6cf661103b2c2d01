import BenchKit
import Glibc
import NIOCore
import NIOPosix

// Benchmarks/c/udp-batch.c with SwiftNIO, one event loop on each side. Plain: 64 writes a flush, which become
// one sendmmsg, and vector reads. With offload: its channel options for UDP_SEGMENT and UDP_GRO.

func sendDatagramBatches(
    of message: PeerMessage,
    to host: String,
    port: Int,
    seconds: Double,
    isOffloaded: Bool
) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let peer = try SocketAddress.makeAddressResolvingHost(host, port: port)
    let segments = isOffloaded ? min(segmentsMax, 65507 / message.size) : 1
    let bootstrap = DatagramBootstrap(group: group)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let sender = BatchSender(message, to: peer, seconds: seconds, segments: segments)
                try channel.pipeline.syncOperations.addHandler(sender)
            }
        }
        .channelOption(.writeBufferWaterMark, value: .init(low: 1 << 18, high: 1 << 20))
    if isOffloaded { _ = bootstrap.channelOption(.datagramSegmentSize, value: CInt(message.size)) }
    try bootstrap.bind(host: "0.0.0.0", port: 0).wait().closeFuture.wait()
    try group.syncShutdownGracefully()
}

func receiveDatagramBatches(of message: PeerMessage, port: Int, seconds: Double, isOffloaded: Bool) throws {
    let vectors = isOffloaded ? 8 : 32
    let bytes = isOffloaded ? 1 << 16 : 2048
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let bootstrap = DatagramBootstrap(group: group)
        .channelOption(.datagramVectorReadMessageCount, value: vectors)
        .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: vectors * bytes))
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(BatchReceiver(message, seconds: seconds))
            }
        }
    if isOffloaded {
        _ = bootstrap.channelOption(.datagramReceiveOffload, value: true)
            .channelOption(.datagramReceiveSegmentSize, value: true)
    }
    try bootstrap.bind(host: "0.0.0.0", port: port).wait().closeFuture.wait()
    try group.syncShutdownGracefully()
}

/// The kernel's limit: 64 before Linux 6.9, 128 since.
private var segmentsMax: Int {
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: &name.release) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 9) ? 128 : 64
}

private final class BatchSender: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let message: PeerMessage
    private let peer: SocketAddress
    private let seconds: Double
    private let segments: Int
    private var start = 0.0
    private var count = 0

    init(_ message: PeerMessage, to peer: SocketAddress, seconds: Double, segments: Int) {
        self.message = message
        self.peer = peer
        self.seconds = seconds
        self.segments = segments
    }

    func channelActive(context: ChannelHandlerContext) {
        start = secondsNow()
        sendMany(context: context)
    }

    /// Writes and flushes batch after batch, and lets the loop breathe every few.
    private func sendMany(context: ChannelHandlerContext) {
        let datagrams = segments > 1 ? 8 : 64
        for _ in 0..<8 where context.channel.isWritable {
            for _ in 0..<datagrams {
                var buffer = context.channel.allocator.buffer(capacity: segments * message.size)
                for _ in 0..<segments {
                    message.write(number: count, to: &buffer)
                    count += 1
                }
                let envelope = AddressedEnvelope(remoteAddress: peer, data: buffer)
                context.write(wrapOutboundOut(envelope), promise: nil)
            }
            context.flush()
        }

        let elapsed = secondsNow() - start
        guard elapsed < seconds else {
            let rate = Double(count) / elapsed
            report("udp-batch", peer: "swift-nio", row: "sent", unit: "messages/s", value: rate)
            context.close(promise: nil)
            return
        }
        context.eventLoop.assumeIsolated().execute { self.sendMany(context: context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("send: \(error)")
    }
}

private final class BatchReceiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let message: PeerMessage
    private var rate: RateCount
    private var wrongCount = 0

    init(_ message: PeerMessage, seconds: Double) {
        self.message = message
        rate = RateCount(seconds: seconds)
    }

    func channelActive(context: ChannelHandlerContext) {
        scheduleCheck(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        var buffer = envelope.data
        guard (envelope.metadata?.segmentSize ?? buffer.readableBytes) == message.size else { return }
        var count = 0
        while buffer.readableBytes >= message.size {
            if !message.readNext(from: &buffer) { wrongCount += 1 }
            count += 1
        }
        rate.add(count)
    }

    private func scheduleCheck(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(50)) {
            self.check(context: context)
        }
    }

    private func check(context: ChannelHandlerContext) {
        guard rate.isOver() else { return scheduleCheck(context: context) }
        guard wrongCount == 0 else { fail("\(wrongCount) of \(rate.count) messages had a wrong value") }
        let value = rate.perSecond
        report("udp-batch", peer: "swift-nio", row: "received", unit: "messages/s", value: value)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("receive: \(error)")
    }
}
