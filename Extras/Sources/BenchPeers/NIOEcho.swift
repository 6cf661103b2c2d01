import BenchKit
import Glibc
import NIOCore
import NIOPosix
import Synchronization

// Benchmarks/c/echo.c with SwiftNIO: 64-byte ping-pong, one event loop on each side, TCP with TCP_NODELAY.

enum Transport: String {
    case udp
    case tcp
}

private let messageBytes = 64
private let idleSecondsMax = 30
private let echoSecondsMax = 2

/// Messages echoed so far by this server.
private let echoCount = Atomic<Int>(0)

/// Echoes until nothing has come for 30 seconds.
func serveEcho(over transport: Transport, port: Int) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    switch transport {
    case .udp:
        _ = try DatagramBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Echo())
                }
            }
            .bind(host: "0.0.0.0", port: port).wait()
    case .tcp:
        _ = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Echo())
                }
            }
            .bind(host: "0.0.0.0", port: port).wait()
    }

    var countBefore = 0
    var idleSeconds = 0
    while idleSeconds < idleSecondsMax {
        sleep(1)
        let count = echoCount.load(ordering: .relaxed)
        idleSeconds = count == countBefore ? idleSeconds + 1 : 0
        countBefore = count
    }
    try group.syncShutdownGracefully()
}

/// Reports the median and the 99th percentile of half a round trip.
func measureEcho(over transport: Transport, host: String, port: Int, rounds: Int) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let done = group.next().makePromise(of: [Double].self)
    switch transport {
    case .udp:
        _ = try DatagramBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let client = DatagramClient(PingPong(rounds: rounds, done: done))
                    try channel.pipeline.syncOperations.addHandler(client)
                }
            }
            .connect(host: host, port: port).wait()
    case .tcp:
        _ = try ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let client = StreamClient(PingPong(rounds: rounds, done: done))
                    try channel.pipeline.syncOperations.addHandler(client)
                }
            }
            .connect(host: host, port: port).wait()
    }
    let samples = try done.futureResult.wait()
    let name = transport.rawValue
    report("echo", peer: "swift-nio", row: "\(name) median", unit: "us", value: quantile(samples, 0.5))
    report("echo", peer: "swift-nio", row: "\(name) p99", unit: "us", value: quantile(samples, 0.99))
    try group.syncShutdownGracefully()
}

/// Writes back what it reads: envelopes of datagrams and buffers of a stream alike.
private final class Echo: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        echoCount.add(1, ordering: .relaxed)
        context.writeAndFlush(data, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// The rounds of the client: a tenth to warm up, the rest measured.
private struct PingPong {
    private let warmUpRounds: Int
    private let rounds: Int
    private let done: EventLoopPromise<[Double]>
    private var started = 0
    private var sentAt = 0.0
    private var samples: [Double] = []

    init(rounds: Int, done: EventLoopPromise<[Double]>) {
        self.rounds = max(rounds, 1)
        self.warmUpRounds = rounds / 10
        self.done = done
        samples.reserveCapacity(self.rounds)
    }

    /// The next message, or nil when all rounds are done.
    mutating func nextMessage(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        guard isUnfinished else {
            done.succeed(samples)
            return nil
        }
        sentAt = secondsNow()
        started += 1
        var buffer = allocator.buffer(capacity: messageBytes)
        buffer.writeInteger(started)
        buffer.writeRepeatingByte(UInt8(ascii: "x"), count: messageBytes - MemoryLayout<Int>.size)
        return buffer
    }

    mutating func receiveEcho(_ echo: ByteBuffer) {
        guard echo.readableBytes == messageBytes, echo.getInteger(at: echo.readerIndex) == started else {
            fail("other bytes came back")
        }
        if started > warmUpRounds { samples.append((secondsNow() - sentAt) / 2 * 1e6) }
    }

    var isUnfinished: Bool { samples.count < rounds }

    /// Ends the program when no round is finished in the given time: a lost datagram would hang it.
    func failIfStuck(since round: Int) -> Int {
        if round == started, isUnfinished { fail("no echo in \(echoSecondsMax) seconds") }
        return started
    }
}

private final class DatagramClient: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = ByteBuffer

    private var pingPong: PingPong

    init(_ pingPong: PingPong) {
        self.pingPong = pingPong
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context: context)
        watch(context: context, since: 0)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pingPong.receiveEcho(unwrapInboundIn(data).data)
        send(context: context)
    }

    private func send(context: ChannelHandlerContext) {
        guard let message = pingPong.nextMessage(context.channel.allocator) else {
            return context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(message), promise: nil)
    }

    private func watch(context: ChannelHandlerContext, since round: Int) {
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(echoSecondsMax))) {
            self.watch(context: context, since: self.pingPong.failIfStuck(since: round))
        }
    }
}

private final class StreamClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var pingPong: PingPong
    private var received = ByteBuffer()

    init(_ pingPong: PingPong) {
        self.pingPong = pingPong
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context: context)
        watch(context: context, since: 0)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        guard received.readableBytes >= messageBytes else { return }
        pingPong.receiveEcho(received)
        received.clear()
        send(context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if pingPong.isUnfinished { fail("the server closed") }
    }

    private func send(context: ChannelHandlerContext) {
        guard let message = pingPong.nextMessage(context.channel.allocator) else {
            return context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(message), promise: nil)
    }

    private func watch(context: ChannelHandlerContext, since round: Int) {
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(echoSecondsMax))) {
            self.watch(context: context, since: self.pingPong.failIfStuck(since: round))
        }
    }
}
