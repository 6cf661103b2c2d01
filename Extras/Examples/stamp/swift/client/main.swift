import Parley

// stamp-client HOST [PORT]: prints the number that the server sends, as client.c does.

let words = CommandLine.arguments
let host = words.count > 1 ? words[1] : "localhost"
let port = words.count > 2 ? UInt16(words[2]) ?? 0 : 8086

let server = try await Connection(to: .tcp(host, port), receiving: Line<Int64>.self, timeout: .seconds(10))
guard let stamp = try await server.next(timeout: .seconds(10)) else { throw ParleyError.ended }
print("stamp = \(stamp.value)")
