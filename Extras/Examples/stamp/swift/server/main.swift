import Glibc
import Parley

// stamp-server [PORT]: tells every client the seconds since 1970 in decimal and CR LF, then closes, as
// server.c does.

let words = CommandLine.arguments
let port = words.count > 1 ? UInt16(words[1]) ?? 0 : 8086

try await Listener(Line<Int64>.self, at: .tcp(port: port)).run { client in
    try await client.send(Line(Int64(time(nil))))
}
