import Parley

// length-peer serve COUNT PLACE | call PLACE TEXT...: what peer.c does. PLACE is a port of this host or a path.

/// `struct header` with its text. The layout says where a message ends: nothing else need be said.
@WireMessage
struct Note {
    var a: UInt32
    var b: UInt32
    var n: ByteCount<UInt8>
    var text: TailText
}

func endpoint(_ place: String) throws -> Endpoint {
    try Endpoint(url: place.contains("/") ? "unix://\(place)" : "tcp://127.0.0.1:\(place)")
}

let words = CommandLine.arguments
let patience = Duration.seconds(10)

if words.count > 3, words[1] == "serve", let count = Int(words[2]) {
    try await withListener(Note.self, at: endpoint(words[3])) { listener in
        let client = try await listener.accept()
        for _ in 0..<count {
            guard let note = try await client.next(timeout: patience) else { throw ParleyError.ended }
            let text = TailText(note.text.string.uppercased())
            try await client.send(Note(a: note.b, b: note.a, text: text), timeout: patience)
        }
        try await client.flush(timeout: patience)
        try client.finishSending()
        _ = try await client.next(timeout: patience)
    }
} else if words.count > 2, words[1] == "call" {
    try await withConnection(Note.self, to: endpoint(words[2]), timeout: patience) { server in
        for (index, text) in words.enumerated().dropFirst(3) {
            try await server.send(Note(a: UInt32(index), b: 7, text: TailText(text)), timeout: patience)
        }
        for _ in words.dropFirst(3) {
            guard let note = try await server.next(timeout: patience) else { throw ParleyError.ended }
            print(note.a, note.b, note.text.string)
        }
    }
} else {
    print("length-peer serve COUNT PLACE | call PLACE TEXT...")
}
