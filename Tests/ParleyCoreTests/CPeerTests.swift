import Foundation
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

/// Programs in C at the other end of `seqpacket`.
@Suite(
    .serialized,
    .timeLimit(.minutes(5)),
    .enabled(if: CPeer.path != nil, "skipped: there is no C compiler")
)
struct CPeerTests {
    @Test func `a client in C is answered, passes a pipe, and sees the end`() async throws {
        try await serve("echo")
    }

    @Test(.enabled(if: geteuid() == 0, "skipped: becoming another user needs root"))
    func `a client of another user is known by its numbers`() async throws {
        try await serve("nobody")
    }

    private func serve(_ role: String) async throws {
        let name = Fresh.name
        let listener = try await Listener([UInt8].self, at: .seqpacket(abstract: name))
        let peer = try CPeer.start(name, role)
        let connection = try await listener.accept()
        let isNobody = role == "nobody"
        #expect(
            connection.peerCredentials
                == PeerCredentials(
                    processID: peer.processIdentifier,
                    userID: isNobody ? 65534 : geteuid(),
                    groupID: isNobody ? 65534 : getegid()
                )
        )
        try connection.allowDescriptors(upTo: 1)
        for _ in 0..<3 {
            let message = try #require(try await connection.next(timeout: patience))
            try await connection.send(message)
        }
        #expect(try await connection.next(timeout: patience) == Array("f".utf8))
        var descriptors = connection.takeDescriptors()
        guard let pipe = descriptors.popFirst() else {
            Issue.record("no descriptor came")
            return
        }
        #expect(unsafe write(pipe.fileDescriptor, "pipe", 4) == 4)
        pipe.close()
        #expect(try await connection.next(timeout: patience) == nil)
        connection.close()
        #expect(await ended(peer) == 0)
    }

    @Test func `a server in C answers, and half-closing ends it`() async throws {
        let name = Fresh.name
        let peer = try CPeer.start(name, "listen")
        var connection: Connection<[UInt8], [UInt8]>?
        _ = await eventually {
            connection = try? await Connection(
                [UInt8].self,
                to: .seqpacket(abstract: name),
                timeout: patience
            )
            return connection != nil
        }
        let client = try #require(connection)
        #expect(client.peerCredentials?.processID == peer.processIdentifier)
        for size in 1...50 {
            let message = [UInt8](repeating: UInt8(size), count: size)
            #expect(try await client.request(message, timeout: patience) == message)
        }
        try client.finishSending()
        #expect(try await client.next(timeout: patience) == nil)
        #expect(await ended(peer) == 0)
    }

    private func ended(_ process: Process) async -> Int32 {
        _ = await eventually { !process.isRunning }
        return process.isRunning ? -1 : process.terminationStatus
    }
}
