import BenchKit
import Glibc

// bench-peers COMMAND ...: what Parley is compared with, one command a measurement. Each prints lines of JSON
// as the C peers do (Benchmarks/c); Benchmarks/run starts them.

let usage = """
    usage: bench-peers protobuf-codec [SECONDS]
           bench-peers json-codec [SECONDS]
           bench-peers nio-udp-send HOST PORT SECONDS
           bench-peers nio-udp-receive PORT SECONDS
           bench-peers nio-echo-udp-server PORT
           bench-peers nio-echo-udp-client HOST PORT N
           bench-peers nio-echo-tcp-server PORT
           bench-peers nio-echo-tcp-client HOST PORT N
    """

func run(_ words: [String]) throws {
    func number<Number: LosslessStringConvertible>(_ index: Int) -> Number {
        guard let number = Number(words[index]) else { fail("\(words[index]): not a number") }
        return number
    }

    switch (words.first, words.count) {
    case ("protobuf-codec", 1...2):
        try measureProtobuf(seconds: words.count > 1 ? number(1) : 0.5)
    case ("json-codec", 1...2):
        try measureJSON(seconds: words.count > 1 ? number(1) : 0.5)
    case ("nio-udp-send", 4):
        try sendDatagrams(to: words[1], port: number(2), seconds: number(3))
    case ("nio-udp-receive", 3):
        try receiveDatagrams(port: number(1), seconds: number(2))
    case ("nio-echo-udp-server", 2):
        try serveEcho(over: .udp, port: number(1))
    case ("nio-echo-udp-client", 4):
        try measureEcho(over: .udp, host: words[1], port: number(2), rounds: number(3))
    case ("nio-echo-tcp-server", 2):
        try serveEcho(over: .tcp, port: number(1))
    case ("nio-echo-tcp-client", 4):
        try measureEcho(over: .tcp, host: words[1], port: number(2), rounds: number(3))
    default:
        fail(usage, exitCode: 64)
    }
}

do {
    try run(Array(CommandLine.arguments.dropFirst()))
} catch {
    fail("\(error)")
}
