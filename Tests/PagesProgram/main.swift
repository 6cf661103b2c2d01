// swift-format-ignore-file
// docs/library.md, all of it one after another, as a reader types it into main.swift. Tests/TidyTests finds each block here.

import Parley

@WireMessage
struct Score {                        // the same 21 bytes
    var name: CString<13>             // inline, no allocation; "Trans" is a literal; .string when you need one
    var math: UInt32                  // network byte order on the wire, host order in memory
    var chinese: UInt32
}

// anyone may write to us
let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
for try await letter in inbox {
    print(letter.sender, letter.message.name, letter.message.math)
}

// we write to them; the system picks our port, names are resolved
let outbox = try await Mailbox(Score.self, at: .udp)
try await outbox.send(Score(name: "Trans", math: 83, chinese: 86), to: "receiver.example:8089")

// many at once: a group. Membership is part of the address, because it decides how the socket is bound
let group = try await Mailbox(Score.self, at: .udp(group: "239.1.2.3", port: 8089, on: "eth0"))

// only these senders of a group (source-specific multicast); also joined and left while a mailbox is open
let chosen = try await Mailbox(Score.self, at: .udp(group: "232.1.2.3", port: 8089, on: "eth0", sources: ["10.0.0.5"]))

// several kinds of message on one port, told apart by a tag
@WireMessage(tag: UInt8.self)
enum Packet {
    @Tag(1) case hello(Hello)
    @Tag(2) case data(Block)
}

// a variable tail, counted by a field that encoding fills in
@WireMessage
struct Block {
    var length: ByteCount<UInt16>
    var body: [UInt8]
}

// bit fields as RFCs draw them, most significant bit first; a value with too many bits is an error, never masked
@WireMessage
struct IPv4Start {
    @Bits(4) let version: UInt8 = 4
    @Bits(4) var words: UInt8
    @Bits(6) var service: UInt8
    @Bits(2) var congestion: UInt8
    var length: UInt16
}

// connections keep order and borders; the transport is a word
try await Listener(Score.self, at: .tcp(port: 8086), limits: .forStrangers).run { connection in
    for try await score in connection { try await connection.send(score) }
}
let time = try await Connection(to: .tcp("server.example", 8086), receiving: Line<Int64>.self)
let stamp = try await time.next()?.value

// opened, lent and closed behind you: withMailbox, withConnection, withListener
let reply = try await withConnection(Score.self, to: .unix("/run/scores.sock")) { connection in
    try await connection.request(Score(name: "Li", math: 99, chinese: 77), timeout: .seconds(5))
}

// a mailbox for questions with numbers
let mailbox = try await Mailbox(Order.self, at: .udp)

@WireMessage struct Order {
    var number: MessageNumber<UInt16>
    var amount: UInt32
}
let answer = try await mailbox.request(Order(amount: 3), to: "server.example:9000", retrying: .usual)
print(answer.message.amount, answer.tries, answer.elapsed)

// the other side: each question is run once, however often it comes
let shop = try await Mailbox(Order.self, at: .udp(port: 9000))
try await shop.respond(remembering: .usual) { letter in Order(amount: letter.message.amount * 100) }

do {
    let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
    for try await letter in inbox { print(letter.message.math) }
} catch {
    // A diagnosis has members: cause, remedy, holders, limits.
    print(await error.diagnosis()?.description ?? "\(error)")
}
