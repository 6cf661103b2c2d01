// swift-format-ignore-file
// The Swift of README.md, as a reader types it into main.swift of a new package. Tests/TidyTests finds each block here.

import Parley

@WireMessage struct Score { var name: CString<13>; var math: UInt32; var chinese: UInt32 }
let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))
for try await letter in inbox {
    print(letter.sender, letter.message.name, letter.message.math)
}
