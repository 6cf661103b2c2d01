import BenchKit
import Parley

// bench-parley COMMAND ...: Parley in the loops of Benchmarks/c, one command a measurement. Benchmarks/run
// starts them.

let usage = """
    usage: bench-parley codec [SECONDS]
           bench-parley headers SECONDS HEADER...
           bench-parley udp-send HOST PORT SECONDS
           bench-parley udp-receive PORT SECONDS
           bench-parley udp-batch-send KIND HOST PORT SECONDS       KIND: score, block, bytes
           bench-parley udp-batch-receive KIND PORT SECONDS
           bench-parley tcp-bulk-send KIND HOST PORT SECONDS        KIND: bytes, messages, score
           bench-parley tcp-bulk-receive KIND PORT SECONDS
           bench-parley idle-mailboxes N
           bench-parley echo-udp-server PORT
           bench-parley respond-tcp-server PORT
           bench-parley respond-udp-server PORT
           bench-parley drive-udp-server PORT
           bench-parley echo-udp-client HOST PORT N
           bench-parley echo-tcp-server PORT
           bench-parley echo-tcp-client HOST PORT N
           bench-parley parallel-client HOW HOST PORT SECONDS TASKS  HOW: order, timeout, matching, global
    """

func number<Number: LosslessStringConvertible>(_ text: String) -> Number {
    guard let number = Number(text) else { fail("\(text): not a number", exitCode: 64) }
    return number
}

let words = Array(CommandLine.arguments.dropFirst())
do {
    switch (words.first, words.count) {
    case ("codec", 1...2):
        let seconds = words.count > 1 ? number(words[1]) : 0.5
        try measureCodec(seconds: seconds)
        try measureLayoutCodec(Score.layout, seconds: seconds)
    case ("headers", 3...):
        try measureHeaders(Array(words[2...]), seconds: number(words[1]))
    case ("udp-send", 4):
        try await sendDatagrams(to: words[1], port: number(words[2]), seconds: number(words[3]))
    case ("udp-receive", 3):
        try await receiveDatagrams(port: number(words[1]), seconds: number(words[2]))
    case ("udp-batch-send", 5):
        try await sendBatches(of: words[1], to: words[2], port: number(words[3]), seconds: number(words[4]))
    case ("udp-batch-receive", 4):
        try await receiveBatches(of: words[1], port: number(words[2]), seconds: number(words[3]))
    case ("tcp-bulk-send", 5):
        try await sendStream(of: words[1], to: words[2], port: number(words[3]), seconds: number(words[4]))
    case ("tcp-bulk-receive", 4):
        try await receiveStream(of: words[1], port: number(words[2]), seconds: number(words[3]))
    case ("idle-mailboxes", 2):
        try await measureIdleMailboxes(number(words[1]))
    case ("echo-udp-server", 2):
        try await serveDatagramEcho(port: number(words[1]))
    case ("respond-tcp-server", 2):
        try await respondToStreams(port: number(words[1]))
    case ("respond-udp-server", 2):
        try await respondToDatagrams(port: number(words[1]))
    case ("drive-udp-server", 2):
        try await driveDatagramEcho(port: number(words[1]))
    case ("echo-udp-client", 4):
        try await measureEcho("udp", to: .udp(words[1], number(words[2])), rounds: number(words[3]))
    case ("echo-tcp-server", 2):
        try await serveStreamEcho(port: number(words[1]))
    case ("echo-tcp-client", 4):
        try await measureEcho("tcp", to: .tcp(words[1], number(words[2])), rounds: number(words[3]))
    case ("parallel-client", 6):
        guard let asking = Asking(rawValue: words[1]) else { fail("\(words[1]): no such way", exitCode: 64) }
        let place = Endpoint.tcp(words[2], number(words[3]))
        try await askInParallel(asking, to: place, seconds: number(words[4]), tasks: number(words[5]))
    default:
        fail(usage, exitCode: 64)
    }
} catch {
    fail("\(error)")
}
