import BenchKit
import NIOCore
import NIOPosix

// Many tasks that ask on one connection, each with one question of 64 bytes under way (Benchmarks/c/requests.c),
// through a handler that keeps the promises of answers in the order of questions.

private let messageBytes = 64

/// - Parameter isOnLoop: whether the tasks run on the channel's event loop, instead of Swift's threads.
func askInParallel(host: String, port: Int, seconds: Double, tasks: Int, isOnLoop: Bool) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try await ClientBootstrap(group: group)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Pipelining())
            }
        }
        .connect(host: host, port: port).get()
    let client = PipelinedClient(channel: channel)
    if isOnLoop {
        try await withTaskExecutorPreference(LoopExecutor(loop: channel.eventLoop)) {
            try await measureParallel("swift-nio", tasks: tasks, seconds: seconds, ask: client.ask)
        }
    } else {
        try await measureParallel("swift-nio", tasks: tasks, seconds: seconds, ask: client.ask)
    }
    try await channel.close()
    try await group.shutdownGracefully()
}

private struct Question: Sendable {
    let bytes: ByteBuffer
    let answer: EventLoopPromise<ByteBuffer>
}

private struct PipelinedClient: Sendable {
    let channel: any Channel

    @Sendable
    func ask(_ number: UInt32) async throws -> UInt32 {
        var bytes = channel.allocator.buffer(capacity: messageBytes)
        bytes.writeInteger(number)
        bytes.writeRepeatingByte(UInt8(ascii: "x"), count: messageBytes - MemoryLayout<UInt32>.size)
        let answer = channel.eventLoop.makePromise(of: ByteBuffer.self)
        channel.writeAndFlush(Question(bytes: bytes, answer: answer), promise: nil)
        let echo = try await answer.futureResult.get()
        return echo.getInteger(at: echo.readerIndex) ?? ~number
    }
}

/// Runs tasks on an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

private final class Pipelining: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Question
    typealias OutboundOut = ByteBuffer

    private var waiting = CircularBuffer<EventLoopPromise<ByteBuffer>>()
    private var received = ByteBuffer()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let question = unwrapOutboundIn(data)
        waiting.append(question.answer)
        context.write(wrapOutboundOut(question.bytes), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if received.readableBytes == 0 {
            received = buffer
        } else {
            received.writeBuffer(&buffer)
        }
        while let answer = received.readSlice(length: messageBytes) {
            guard let first = waiting.popFirst() else { fail("more answers than questions") }
            first.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        while let promise = waiting.popFirst() { promise.fail(ChannelError.eof) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
