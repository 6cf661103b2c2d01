import Glibc
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyKernel

/// What is read where sock_diag lists nothing, and bytes that no kernel writes.
@Suite struct ListingTextTests {
    @Test func `a kind that cannot be listed is an error for who asked for it, not a free port`() throws {
        var listing = KernelSockets()
        #expect(try listing.wholeSockets.isEmpty)
        listing.unlisted[.udpLite] = SocketError(.inspect, .protocolNotSupported)
        #expect(throws: SocketError.self) { try listing.wholeSockets }
        // Unix sockets have no port, so that none of them was asked for.
        #expect(try KernelSockets.read([.unixStream, .raw], port: 9).unlisted.isEmpty)
    }

    @Test func `a mapped address is one of an IPv6 socket, in sock_diag and in proc`() throws {
        let socket = try Socket(.ipv6, .datagram)
        try socket.setIPv6Only(false)
        try socket.bind(to: .ipv6(IPv6Address(mapping: .loopback), port: 0, zone: 0))
        let plain = try Socket(.ipv4, .datagram)
        try plain.bind(to: loopback())
        let choice = SocketChoice(states: Set(KernelSocket.State.allCases), port: nil)
        let text = try #require(SocketText.sockets(.udp, choice))
        let (mappedInode, plainInode) = (try socket.inode, try plain.inode)
        for listed in [try KernelSockets.list([.udp]), text] {
            let mapped = try #require(listed.first { $0.inode == mappedInode })
            #expect(mapped.isIPv6 && mapped.isMapped && mapped.local?.ip == .ipv4(.loopback))
            let four = try #require(listed.first { $0.inode == plainInode })
            #expect(!four.isIPv6 && !four.isMapped)
        }
    }

    @Test func `the tables of proc show the same sockets as sock_diag`() throws {
        let listener = try tcpListener()
        let client = try tcpConnection(to: try listener.localAddress)
        let server = try accepted(listener)
        let datagram = try Socket(.ipv6, .datagram)
        try datagram.bind(to: .ipv6(.loopback, port: 0, zone: 0))
        let choice = SocketChoice(states: Set(KernelSocket.State.allCases), port: nil)
        let tcp = try #require(SocketText.sockets(.tcp, choice))
        let udp = try #require(SocketText.sockets(.udp, choice))
        for inode in [try listener.inode, try client.inode, try server.inode] {
            let here = try #require(tcp.first { $0.inode == inode })
            let there = try #require(try KernelSockets.list([.tcp]).first { $0.inode == inode })
            #expect(here.local == there.local && here.remote == there.remote && here.state == there.state)
            #expect(here.user == there.user)
        }
        let address = try datagram.localAddress
        let inode = try datagram.inode
        #expect(udp.contains { $0.inode == inode && $0.local == address && $0.drops == 0 })
        let pair = try Socket.pair(.stream)
        let unix = try #require(SocketText.unixSockets([.unixStream], choice))
        let first = try pair.first.inode
        #expect(unix.first { $0.inode == first }?.state == .established)
    }

    @Test func `lines of proc are read to the field, and noise is left out`() throws {
        let text = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F96 0100007F:B90E 06 00000000:00000000 03:00000A8C 00000000     0        0 0 3 00
               1: 0100007F:1F96 0200007F:B90E 02 00000001:00000002 01:00000064 00000003  1000        0 77 3 00
               2: 0100007F:1F96
               3: xyz:1F96 0100007F:B90E 01 00000000:00000000 00:00000000 00000000 0 0 5
            """
        let sockets = SocketText.internetSockets(Array(text.utf8), .tcp)
        #expect(sockets.count == 2)
        #expect(sockets[0].state == .timeWait && sockets[0].timer?.remaining == .seconds(27))
        #expect(sockets[0].local == loopback(8086) && sockets[0].user == nil)
        #expect(sockets[1].receiveQueue == 2 && sockets[1].sendQueue == 1 && sockets[1].user == 1000)
        #expect(sockets[1].timer == .init(kind: .retransmission, remaining: .seconds(1), retries: 3))
    }

    @Test(arguments: 1...8) func `no bytes trap the decoders`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            var bytes = (0..<Int.random(in: 0...160, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = SocketText.internetSockets(bytes, .udp)
            _ = SocketText.unixSockets(bytes)
            DirectoryEntries.read(unsafe bytes.span.bytes) { _ in }
            // Where a header stands, its length is right and its type that of a socket.
            if bytes.count >= 16 {
                bytes[0...3] = [UInt8(bytes.count), 0, 0, 0]
                bytes[4...5] = [20, 0]
            }
            for index in bytes.indices where index >= 16 && Bool.random(using: &random) {
                bytes[index] = [0, 1, 2, 4, 10, 12].randomElement(using: &random)!
            }
            var messages = NetlinkMessages(unsafe bytes.span.bytes)
            while let message = try? messages.next() {
                do {
                    _ = try KernelSocket(internet: message, .tcp)
                } catch { #expect(error.code == .protocolError) }
                do {
                    _ = try KernelSocket(unix: message)
                } catch { #expect(error.code == .protocolError) }
            }
        }
    }
}
