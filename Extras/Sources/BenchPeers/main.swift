import BenchKit
import Glibc

// bench-peers COMMAND ...: what Parley is compared with, one command a measurement. Each prints lines of JSON
// as the C peers do (Benchmarks/c); Benchmarks/run starts them.

let usage = """
    usage: bench-peers protobuf-codec [SECONDS]
           bench-peers json-codec [SECONDS]
           bench-peers nio-udp-send HOST PORT SECONDS
           bench-peers nio-udp-receive PORT SECONDS
           bench-peers nio-udp-batch-send KIND HOST PORT SECONDS        KIND: score, block
           bench-peers nio-udp-batch-receive KIND PORT SECONDS
           bench-peers nio-udp-offload-send KIND HOST PORT SECONDS
           bench-peers nio-udp-offload-receive KIND PORT SECONDS
           bench-peers flying-udp-send KIND HOST PORT SECONDS
           bench-peers flying-udp-receive KIND PORT SECONDS
           bench-peers nio-tcp-bulk-send KIND HOST PORT SECONDS         KIND: bytes, score
           bench-peers nio-tcp-bulk-receive KIND PORT SECONDS
           bench-peers nio-idle-datagrams N
           bench-peers nio-embedded-echo SECONDS
           bench-peers flying-tcp-bulk-send HOST PORT SECONDS
           bench-peers flying-tcp-bulk-receive PORT SECONDS
           bench-peers flying-echo-tcp-server PORT
           bench-peers nio-echo-udp-server PORT
           bench-peers nio-echo-udp-client HOST PORT N
           bench-peers nio-echo-tcp-server PORT
           bench-peers nio-echo-tcp-client HOST PORT N
           bench-peers nio-parallel-client HOST PORT SECONDS TASKS
           bench-peers nio-loop-parallel-client HOST PORT SECONDS TASKS
    """

func run(_ words: [String]) async throws {
    func number<Number: LosslessStringConvertible>(_ index: Int) -> Number {
        guard let number = Number(words[index]) else { fail("\(words[index]): not a number") }
        return number
    }
    func message(_ index: Int) -> PeerMessage {
        guard let message = PeerMessage(rawValue: words[index]) else { fail("\(words[index]): no such kind") }
        return message
    }

    /// What a stream carries: typed messages, or nil for bytes.
    func streamMessage(_ index: Int) -> PeerMessage? {
        words[index] == "bytes" ? nil : message(index)
    }

    switch (words.first, words.count) {
    case ("protobuf-codec", 1...2):
        try measureProtobuf(seconds: words.count > 1 ? number(1) : 0.5)
    case ("json-codec", 1...2):
        try measureJSON(seconds: words.count > 1 ? number(1) : 0.5)
    case ("nio-embedded-echo", 2): try measureEmbeddedEcho(seconds: number(1))
    case ("nio-udp-send", 4):
        try sendDatagrams(to: words[1], port: number(2), seconds: number(3))
    case ("nio-udp-receive", 3):
        try receiveDatagrams(port: number(1), seconds: number(2))
    case ("nio-udp-batch-send", 5), ("nio-udp-offload-send", 5):
        try sendDatagramBatches(
            of: message(1),
            to: words[2],
            port: number(3),
            seconds: number(4),
            isOffloaded: words[0].contains("offload")
        )
    case ("nio-udp-batch-receive", 4), ("nio-udp-offload-receive", 4):
        try receiveDatagramBatches(
            of: message(1),
            port: number(2),
            seconds: number(3),
            isOffloaded: words[0].contains("offload")
        )
    case ("flying-udp-send", 5):
        try await sendFlyingDatagrams(of: message(1), to: words[2], port: number(3), seconds: number(4))
    case ("flying-udp-receive", 4):
        try await receiveFlyingDatagrams(of: message(1), port: number(2), seconds: number(3))
    case ("nio-tcp-bulk-send", 5):
        try sendStream(streamMessage(1), to: words[2], port: number(3), seconds: number(4))
    case ("nio-tcp-bulk-receive", 4):
        try receiveStream(streamMessage(1), port: number(2), seconds: number(3))
    case ("nio-idle-datagrams", 2):
        try measureIdleDatagramChannels(number(1))
    case ("flying-tcp-bulk-send", 4):
        try await sendFlyingStream(to: words[1], port: number(2), seconds: number(3))
    case ("flying-tcp-bulk-receive", 3):
        try await receiveFlyingStream(port: number(1), seconds: number(2))
    case ("flying-echo-tcp-server", 2):
        try await serveFlyingEcho(port: number(1))
    case ("nio-echo-udp-server", 2):
        try serveEcho(over: .udp, port: number(1))
    case ("nio-echo-udp-client", 4):
        try measureEcho(over: .udp, host: words[1], port: number(2), rounds: number(3))
    case ("nio-echo-tcp-server", 2):
        try serveEcho(over: .tcp, port: number(1))
    case ("nio-echo-tcp-client", 4):
        try measureEcho(over: .tcp, host: words[1], port: number(2), rounds: number(3))
    case ("nio-parallel-client", 5), ("nio-loop-parallel-client", 5):
        try await askInParallel(
            host: words[1],
            port: number(2),
            seconds: number(3),
            tasks: number(4),
            isOnLoop: words[0].contains("loop")
        )
    default:
        fail(usage, exitCode: 64)
    }
}

do {
    try await run(Array(CommandLine.arguments.dropFirst()))
} catch {
    fail("\(error)")
}
