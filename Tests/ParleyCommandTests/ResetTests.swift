import Foundation
import Glibc
import Synchronization
import Testing

/// Peers that go away while there is more to send.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(5))) struct ResetTests {
    @Test(arguments: ["call --as lines", "call", "call --as text", "send --as lines", "send --as raw"])
    func `a peer that resets is exit code 3 and ECONNRESET, whichever half of the command was told`(
        words: String
    ) throws {
        for _ in 0..<20 {
            let peer = try AbruptPeer()
            let outcome = try Parley.shell(
                "yes q | head -200000 | parley \(words) tcp://127.0.0.1:\(peer.port) -"
            )
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(outcome.errors.contains("(ECONNRESET)"), "\(outcome.errors)")
        }
    }

    @Test(arguments: ["call", "send"], ["unix", "seqpacket"])
    func `a peer of this host that closes with more to read is exit code 3, said as it is`(
        command: String,
        transport: String
    ) throws {
        for _ in 0..<10 {
            let peer = try AbruptPeer(transport)
            let outcome = try Parley.shell(
                "yes q | head -200000 | parley \(command) --as lines \(transport)://@\(peer.name) -"
            )
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(
                outcome.errors.contains("(ECONNRESET)") || outcome.errors.contains("(EPIPE)"),
                "\(outcome.errors)"
            )
        }
    }

    @Test(
        arguments: [
            "yes q | head -200000 | parley call --as lines URL -",
            "yes q | head -200000 | parley send --as lines URL -",
            "parley call --as lines URL hello",
        ],
        ["tcp", "unix", "seqpacket"]
    )
    func `a peer that closes in order and takes nothing is exit code 3, said as it is`(
        line: String,
        transport: String
    ) throws {
        for _ in 0..<10 {
            let peer = try AbruptPeer(transport, .closes)
            let place = transport == "tcp" ? "tcp://127.0.0.1:\(peer.port)" : "\(transport)://@\(peer.name)"
            let outcome = try Parley.shell(line.replacing("URL", with: place))
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(
                outcome.errors.contains("(ECONNRESET)") || outcome.errors.contains("(EPIPE)"),
                "\(outcome.errors)"
            )
        }
    }

    @Test func `a peer that closes its half at once and reads on gets what the input holds`() throws {
        let peer = try AbruptPeer("tcp", .readsOn)
        let outcome = try Parley.shell(
            "yes q | head -1000 | parley call --as lines tcp://127.0.0.1:\(peer.port) -"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors == "")
        #expect(peer.bytesRead == 3000)
    }

    @Test func `input that had not ended when the peer closed unanswered is remarked on`() throws {
        let peer = try AbruptPeer("tcp", .closes)
        let outcome = try Parley.shell(
            "{ until test -e done; do sleep 0.05; done; } | "
                + "{ parley call --as lines tcp://127.0.0.1:\(peer.port) -; echo $?; touch done; }",
            in: Folder()
        )
        #expect(outcome.output == "0\n")
        #expect(outcome.errors.contains("closed the connection unanswered, before the input ended"))
    }

    @Test func `a service tells how many connections ended by an error`() throws {
        let server = try Parley.start("serve", "echo", "tcp://127.0.0.1:0", "--json")
        let port = try server.port()
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let result = unsafe AbruptPeer.withAddress(port: port) { unsafe connect(client, $0, $1) }
        try #require(result == 0)
        _ = unsafe send(client, "hello", 5, 0)
        var byte: UInt8 = 0
        _ = unsafe recv(client, &byte, 1, 0)
        AbruptPeer.reset(client)
        let polite = try Parley.run("call", "tcp://127.0.0.1:\(port)", "hello")
        #expect(polite.output == "hello\n", "\(polite.errors)")
        usleep(200_000)
        server.signal(SIGTERM)
        let errors = try server.outcome().errors
        #expect(
            errors.contains(
                #""note":"served 2 connections, 1 of them ended by an error, 12 B","connections":2,"broken":1,"#
            ),
            "\(errors)"
        )
        // Nor does it log what the summary says.
        #expect(!errors.contains("parley.remark"), "\(errors)")
    }
}

/// Takes one connection, and leaves it.
private final class AbruptPeer: Sendable {
    let port: Int
    let name: String
    private let descriptor: Int32
    private let read = Mutex<Int?>(nil)

    enum Way {
        /// Reads a byte, and resets it (TCP) or closes it with more to read.
        case resets
        /// Closes it at once.
        case closes
        /// Closes its half at once and reads all.
        case readsOn
    }

    /// How much was read before the end.
    var bytesRead: Int? {
        for _ in 0..<1000 {
            if let count = read.withLock({ $0 }) { return count }
            usleep(10_000)
        }
        return nil
    }

    init(_ transport: String = "tcp", _ way: Way = .resets) throws {
        let name = "parley-abrupt-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        self.name = name
        let kind = transport == "seqpacket" ? SOCK_SEQPACKET : SOCK_STREAM
        let descriptor = socket(transport == "tcp" ? AF_INET : AF_UNIX, Int32(kind.rawValue), 0)
        self.descriptor = descriptor
        if transport == "tcp" {
            let result = unsafe Self.withAddress(port: 0) { unsafe bind(descriptor, $0, $1) }
            try #require(result == 0)
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe getsockname(descriptor, pointer, &size)
                }
            }
            port = Int(UInt16(bigEndian: address.sin_port))
        } else {
            port = 0
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
                unsafe path.baseAddress.map {
                    unsafe ($0 + 1).copyMemory(from: Array(name.utf8), byteCount: name.utf8.count)
                }
            }
            let size = socklen_t(2 + 1 + name.utf8.count)
            let result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe bind(descriptor, pointer, size)
                }
            }
            try #require(result == 0)
        }
        try #require(listen(descriptor, 4) == 0)
        Thread.detachNewThread { [self] in
            let peer = accept(descriptor, nil, nil)
            var byte: UInt8 = 0
            if way == .closes {
                close(peer)
                return
            }
            if way == .readsOn {
                shutdown(peer, Int32(SHUT_WR))
                var count = 0
                while unsafe recv(peer, &byte, 1, 0) == 1 { count += 1 }
                close(peer)
                return read.withLock { $0 = count }
            }
            _ = unsafe recv(peer, &byte, 1, 0)
            // So that something is there that it has not read.
            usleep(20_000)
            if transport == "tcp" { Self.reset(peer) } else { close(peer) }
        }
    }

    deinit { close(descriptor) }

    static func reset(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    static func withAddress(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
