import Parley

// score-sender HOST [PORT [NAME MATH CHINESE [tail]]]: sends one message, as sender.c and sender-tail.c do.

/// The bytes of proto.h's `struct msg_st`.
@WireMessage
struct Score {
    var name: CString<13>
    var math: UInt32
    var chinese: UInt32
}

/// The bytes of proto-tail.h's `struct msg_tail_st`.
@WireMessage
struct TailScore {
    var math: UInt32
    var chinese: UInt32
    var name: TailText
}

let words = CommandLine.arguments
guard words.count > 1 else {
    print("usage: score-sender HOST [PORT [NAME MATH CHINESE [tail]]]")
    throw ParleyError.unusable(.udp, .noRecipient)
}
let recipient = "\(words[1]):\(words.count > 2 ? words[2] : "8089")"
let name = words.count > 3 ? words[3] : "Li"
let math = words.count > 4 ? UInt32(words[4]) ?? 0 : 99
let chinese = words.count > 5 ? UInt32(words[5]) ?? 0 : 77

if words.count > 6, words[6] == "tail" {
    let outbox = try await Mailbox(TailScore.self, at: .udp)
    try await outbox.send(TailScore(math: math, chinese: chinese, name: TailText(name)), to: recipient)
} else {
    let outbox = try await Mailbox(Score.self, at: .udp)
    try await outbox.send(Score(name: CString(name), math: math, chinese: chinese), to: recipient)
}
