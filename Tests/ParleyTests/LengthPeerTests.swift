import Foundation
import Parley
import Testing

/// A message that says its length itself, as C programs do: `u32 a, b; u8 n; char text[n]`.
@WireMessage
struct LengthNote: Equatable {
    var a: UInt32
    var b: UInt32
    var n: ByteCount<UInt8>
    var text: TailText
}

/// The library and a program in C, either as client and as server, over TCP.
@Suite(
    .serialized,
    .timeLimit(.minutes(3)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc")
)
struct LengthPeerTests {
    private static let framings: [Framing?] = [nil, .lengthField(offset: 8, width: 1)]

    /// The program, built.
    private static let peer: Result<URL, any Error> = Result {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Extras/Examples/length/peer.c").path
        let built = FileManager.default.temporaryDirectory.appending(path: "peer-\(UUID().uuidString)")
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/gcc")
        compiler.arguments = ["-std=c11", "-Wall", "-Werror", "-D_DEFAULT_SOURCE", "-o", built.path, source]
        try compiler.run()
        compiler.waitUntilExit()
        #expect(compiler.terminationStatus == 0)
        return built
    }

    private static func start(_ words: String...) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = try peer.get()
        process.arguments = words
        process.standardOutput = pipe
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    @Test(arguments: framings)
    func `a connection and a server in C understand each other`(framing: Framing?) async throws {
        let (process, output) = try Self.start("serve", "3")
        let line = String(decoding: output.availableData, as: UTF8.self)
        let port = try #require(UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        let place = try Endpoint(url: "tcp://127.0.0.1:\(port)")
        let connection = try await Connection(
            LengthNote.self,
            to: place,
            framing: framing,
            timeout: .seconds(20)
        )
        for text in ["one", "", String(repeating: "x", count: 255)] {
            try await connection.send(LengthNote(a: 1, b: 2, text: TailText(text)))
            let answer = try await connection.next(timeout: .seconds(20))
            #expect(answer == LengthNote(a: 2, b: 1, text: TailText(text.uppercased())))
        }
        #expect(try await connection.next(timeout: .seconds(20)) == nil)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(arguments: framings)
    func `a listener and a client in C understand each other`(framing: Framing?) async throws {
        let place = try Endpoint(url: "tcp://127.0.0.1:0")
        let listener = try await Listener(LengthNote.self, at: place, framing: framing)
        let port = try #require("\(listener.localAddress)".split(separator: ":").last)
        let (process, output) = try Self.start("call", String(port), "x", "", "three")
        let connection = try await listener.accept()
        var texts: [String] = []
        while let note = try await connection.next(timeout: .seconds(20)) {
            texts.append(note.text.string)
            try await connection.send(
                LengthNote(a: note.b, b: note.a, text: TailText("got \(note.text.string)"))
            )
        }
        #expect(texts.count == 3)
        let printed = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        #expect(printed == "7 3 got x\n7 4 got \n7 5 got three\n")
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
