import ExampleMessages
import Glibc
import ParleyCore
import ParleySockets
import ParleyTypes
import ParleyWire
import Testing

/// No wait of these tests is longer than this; none of them measures time.
let patience = Duration.seconds(120)

func score(_ number: Int) -> Score {
    Score(name: "Li", math: UInt32(number), chinese: 0)
}

/// What a call throws, nil if nothing.
func refusal<R>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R) async
    -> ParleyError?
{
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? ParleyError
    }
}

/// What a call on a socket throws, seen through the error of the library.
func code(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> some Any) async
    -> ErrorCode?
{
    guard case .socket(let error)? = await refusal(body) else { return nil }
    return error.code
}

extension Endpoint {
    /// The way to somebody who is at `address`.
    static func reaching(_ address: SocketAddress, by transport: Transport) -> Endpoint {
        switch address {
        case .ipv4(let host, let port): Endpoint(transport, host: .ipv4(host), port: port)
        case .ipv6(let host, let port, _): Endpoint(transport, host: .ipv6(host, zone: nil), port: port)
        case .unix(let name): Endpoint(transport, name)
        }
    }

    static let loopback = Endpoint.tcp("127.0.0.1", 0)

    /// The same place, reached from an address of its own: a flood takes none of the ports that other tests
    /// bind to.
    var fromElsewhere: Endpoint {
        var endpoint = self
        endpoint.options.localAddress = .ipv4(IPv4Address("127.0.0.3")!, port: 0)
        return endpoint
    }
}

/// A name or path of a Unix socket that no other test has.
enum Fresh {
    static var name: String { "parley-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max))" }
    static var path: String { "/tmp/\(name).sock" }
}

/// Both ends of a connection.
struct Pair<M: Message>: Sendable where M.Coder: PlainMessageCoder {
    let client: Connection<M, M>
    let server: Connection<M, M>

    init(_ message: M.Type, at endpoint: Endpoint = .loopback, framing: Framing? = nil) async throws {
        let listener = try await Listener(message, at: endpoint, framing: framing)
        let target = Endpoint.reaching(listener.localAddress, by: endpoint.transport)
        async let connecting = Connection(message, to: target, framing: framing, timeout: patience)
        server = try await listener.accept()
        client = try await connecting
    }
}

/// Fails a process of its own (an exit test), with a reason that its output shows.
func require(_ condition: Bool, _ reason: @autoclosure () -> String, line: Int = #line) {
    guard !condition else { return }
    print("line \(line): \(reason())")
    exit(EXIT_FAILURE)
}

/// How many sockets this process has open. Only in exit tests: others open and close some meanwhile. Other
/// descriptors do not count, as the runtime opens some for its own timers when it likes.
func openSockets() -> Int {
    var count = 0
    for descriptor in 0..<4096 as Range<Int32> {
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { count += 1 }
    }
    return count
}

/// The processor time that this process has used.
var processorTime: Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// Waits until a condition holds; false when patience ends.
func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<5000 {
        if await condition() { return true }
        try? await NetworkEnvironment.sleep(for: .milliseconds(2))
    }
    return await condition()
}

/// Reads as soon as nobody else does.
func patiently<R>(_ read: () async throws(ParleyError) -> R) async throws(ParleyError) -> R {
    while true {
        do throws(ParleyError) {
            return try await read()
        } catch {
            guard error == .alreadyReading else { throw error }
            await Task.yield()
            await Ground.breath()
        }
    }
}

/// Received, sent, rejected and dropped messages.
extension Statistics {
    var numbers: [Int] { [received, sent, rejected, dropped] }
}
