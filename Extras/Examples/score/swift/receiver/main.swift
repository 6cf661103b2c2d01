import Parley

// score-receiver [PORT [COUNT [tail]]]: prints `NAME MATH CHINESE` for each message that anyone sends, as
// receiver.c does; with `tail` it speaks the second layout, as receiver-tail.c does.

/// The bytes of proto.h's `struct msg_st`.
@WireMessage
struct Score {
    var name: CString<13>
    var math: UInt32
    var chinese: UInt32
}

/// The bytes of proto-tail.h's `struct msg_tail_st`: the name is the rest of the datagram.
@WireMessage
struct TailScore {
    var math: UInt32
    var chinese: UInt32
    var name: TailText
}

let words = CommandLine.arguments
let port = words.count > 1 ? UInt16(words[1]) ?? 0 : 8089
let count = words.count > 2 ? Int(words[2]) ?? .max : .max
let usesTail = words.count > 3 && words[3] == "tail"

if usesTail {
    let inbox = try await Mailbox(TailScore.self, at: .udp(port: port))
    var received = 0
    for try await letter in inbox {
        print(letter.message.name, letter.message.math, letter.message.chinese)
        received += 1
        if received == count { break }
    }
} else {
    let inbox = try await Mailbox(Score.self, at: .udp(port: port))
    var received = 0
    for try await letter in inbox {
        print(letter.message.name, letter.message.math, letter.message.chinese)
        received += 1
        if received == count { break }
    }
}
