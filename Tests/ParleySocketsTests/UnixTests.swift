import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct UnixTests {
    @Test(arguments: [1, 106, 107], [Transport.unix, .seqpacket])
    func aPathOfUpTo107BytesIsBoundAndComesBack(length: Int, transport: Transport) throws {
        try withDirectory { directory in
            let path = try path(of: length, in: directory)
            let place = Endpoint(transport, .path(path))
            let server = try Socket.listener(at: place, bound: .unix(.path(path)))
            #expect(try server.localAddress == .unix(.path(path)))
            let client = try connect(to: .unix(.path(path)), as: "\(transport)://@x")
            #expect(try client.remoteAddress == .unix(.path(path)))
            _ = unsafe unlink(path)
        }
    }

    @Test(arguments: [108, 109, 5000], [Transport.unix, .seqpacket])
    func aLongerPathIsATypedErrorAndTouchesNothing(length: Int, transport: Transport) throws {
        let path = "/" + String(repeating: "a", count: length - 1)
        let error = refusal {
            try Socket.listener(at: Endpoint(transport, .path(path)), bound: .unix(.path(path)))
        }
        #expect(error?.code == .nameTooLong)
        #expect(error?.remedy.contains("107") == true)
        #expect(refusal { try connect(to: .unix(.path(path))) }?.code == .nameTooLong)
    }

    @Test(arguments: ["", "a\0b"])
    func aPathThatCCouldNotSpellIsRefused(path: String) throws {
        let socket = try Socket(.unix, .stream)
        #expect(refusal { try socket.bind(to: .unix(.path(path))) }?.code == .invalidArgument)
    }

    @Test(arguments: [0, 1, 105, 106, 107])
    func abstractNamesHoldAnyBytes(length: Int) throws {
        let random = (0..<length).map { _ in UInt8.random(in: 0...255) }
        let address = SocketAddress.unix(.abstract(random))
        guard length > 6 || length == 0 else { return }
        let socket = try Socket(.unix, .datagram)
        try socket.bind(to: address)
        #expect(try socket.localAddress == address)
    }

    @Test func anAbstractNameOf108BytesIsRefusedAndATakenOneIsInUse() throws {
        let name = "parley-test-\(UInt64.random(in: 0 ... .max))"
        let long = SocketAddress.unix(.abstract([UInt8](repeating: 1, count: 108)))
        #expect(refusal { try Socket(.unix, .stream).bind(to: long) }?.code == .nameTooLong)
        let server = try listener("unix://@\(name)")
        #expect(refusal { try listener("unix://@\(name)") }?.code == .addressInUse)
        let client = try connect(to: server.localAddress)
        #expect(try client.remoteAddress == .unix(.abstract(Array(name.utf8))))
    }

    @Test func aDatagramClientWithoutANameGetsOneAndIsAnswered() throws {
        try withDirectory { directory in
            let server = try datagram("unixgram://\(directory)/s")
            let client = try datagram("unixgram:")
            try client.say("?", to: .unix(.path(directory + "/s")))
            let question = try server.next()
            guard case .unix(.abstract(let name)) = question.datagram.sender else {
                Issue.record("the client has no name")
                return
            }
            #expect(name.count == 5)
            try server.say("!", to: question.datagram.sender)
            #expect(try client.next().datagram.sender == .unix(.path(directory + "/s")))
        }
    }

    @Test func aSenderThatNeverBoundIsUnnamed() throws {
        try withDirectory { directory in
            let server = try datagram("unixgram://\(directory)/s")
            try Socket(.unix, .datagram).say("x", to: .unix(.path(directory + "/s")))
            #expect(try server.next().datagram.sender == .unix(.unnamed))
        }
    }

    @Test func datagramsWithinAHostKeepTheirBordersBeyond64KiB() throws {
        let pair = try Socket.pair(.datagram)
        #expect(unsafe try pair.first.send([UInt8](repeating: 1, count: 100_000).span.bytes) == 100_000)
        #expect(try pair.second.next(capacity: 200_000).bytes.count == 100_000)
    }

    private func path(of length: Int, in directory: String) throws -> String {
        guard length > 1 else { return "/tmp/\(UInt64.random(in: 0 ... .max))" }
        return directory + "/" + String(repeating: "a", count: length - directory.utf8.count - 1)
    }
}

private let schemes = ["unix", "unixgram", "seqpacket"]

@Suite struct UnixPathTests {
    @Test(arguments: schemes, schemes)
    func aFileThatADeadProcessLeftIsTakenOver(old: String, new: String) throws {
        try withDirectory { directory in
            try open(old, directory).close()
            #expect(refusal { try connect(to: .unix(.path(directory + "/s"))) }?.code == .connectionRefused)
            let socket = try open(new, directory)
            #expect(try socket.localAddress == .unix(.path(directory + "/s")))
        }
    }

    @Test(arguments: schemes, schemes)
    func aLivePathIsNotTakenOver(old: String, new: String) throws {
        try withDirectory { directory in
            let live = try open(old, directory)
            let error = refusal { try open(new, directory) }
            #expect(error?.code == .addressInUse)
            #expect(error?.remedy.contains("live process") == true)
            // To look disturbed nobody: no connection waits, no datagram came.
            expectSilence(live)
        }
    }

    @Test(arguments: [SocketKind.stream, .sequencedPacket])
    func aSocketThatIsBoundAndDoesNotListenYetIsAlive(kind: SocketKind) throws {
        try withDirectory { directory in
            let early = try Socket(.unix, kind)
            try early.bind(to: .unix(.path(directory + "/s")))
            // A client cannot tell it from a dead one.
            let url = kind == .stream ? "unix://@x" : "seqpacket://@x"
            let path = SocketAddress.unix(.path(directory + "/s"))
            #expect(refusal { try connect(to: path, as: url) }?.code == .connectionRefused)
            #expect(refusal { try open("unix", directory) }?.code == .addressInUse)
            try early.listen()
            _ = try connect(to: path, as: url)
        }
    }

    @Test func aSymbolicLinkOrAnotherKindOfFileIsNeverTakenOver() throws {
        try withDirectory { directory in
            try Socket.datagram(at: .unixgram, bound: .unix(.path(directory + "/dead"))).close()
            #expect(unsafe symlink("\(directory)/dead", "\(directory)/s") == 0)
            #expect(refusal { try open("unix", directory) }?.code == .addressInUse)
            #expect(unsafe access("\(directory)/dead", F_OK) == 0)
            _ = unsafe unlink("\(directory)/s")

            let file = unsafe creat("\(directory)/s", 0o600)
            _ = Glibc.close(file)
            #expect(refusal { try open("unix", directory) }?.code == .addressInUse)
            #expect(unsafe access("\(directory)/s", F_OK) == 0)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "skipped: giving a file away needs root"))
    func aDeadFileOfAnotherUserIsNotTakenOver() throws {
        try withDirectory { directory in
            try open("unix", directory).close()
            #expect(unsafe chown("\(directory)/s", 65534, 65534) == 0)
            #expect(refusal { try open("unix", directory) }?.code == .addressInUse)
        }
    }

    @Test func theGuardRemovesItsFileAndNoOther() throws {
        try withDirectory { directory in
            let path = directory + "/s"
            let socket = try open("unix", directory)
            try remove(UnixPathGuard(of: socket))
            #expect(unsafe access(path, F_OK) != 0)

            let first = try open("unix", directory)
            let late = try UnixPathGuard(of: first)
            _ = unsafe unlink(path)
            let successor = try open("unix", directory)
            try remove(late)
            #expect(unsafe access(path, F_OK) == 0)
            _ = try connect(to: successor.localAddress)
        }
    }

    @Test func whatHasNoFileHasNoGuard() throws {
        for url in ["unixgram:", "udp://:0"] {
            let isGuarded = try UnixPathGuard(of: datagram(url)) != nil
            #expect(!isGuarded)
        }
    }

    private func remove(_ pathGuard: consuming UnixPathGuard?) throws {
        if let pathGuard {
            pathGuard.remove()
        } else {
            Issue.record("the socket has no file")
        }
    }

    private func open(_ scheme: String, _ directory: String) throws -> Socket {
        let url = "\(scheme)://\(directory)/s"
        return scheme == "unixgram" ? try datagram(url) : try listener(url)
    }
}
