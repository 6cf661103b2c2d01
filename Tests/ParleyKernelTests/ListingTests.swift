import Glibc
import ParleyKernel
import ParleySockets
import ParleyTypes
import Testing

@Suite struct ListingTests {
    @Test func `a listener shows how many wait to be accepted and how many may`() throws {
        let listener = try tcpListener(backlog: 5)
        let address = try listener.localAddress
        let first = try #require(try listener.listed(as: .tcp))
        #expect(first.state == .listen && first.local == address && first.remote == nil)
        #expect(first.receiveQueue == 0 && first.sendQueue == 5 && first.cookie != 0)
        #expect(first.user == geteuid() && first.drops == 0 && first.interface == 0)
        let client = try tcpConnection(to: address)
        let waiting = try eventually {
            try listener.listed(as: .tcp).flatMap { $0.receiveQueue == 1 ? $0 : nil }
        }
        #expect(waiting != nil)
        client.close()
    }

    @Test func `a connection is listed from both sides, and its closing in the states of RFC 9293`() throws {
        let listener = try tcpListener()
        let client = try tcpConnection(to: try listener.localAddress)
        let server = try accepted(listener)
        let (ours, theirs) = (try client.localAddress, try listener.localAddress)
        let established = try #require(try client.listed(as: .tcp))
        #expect(
            established.state == .established && established.local == ours && established.remote == theirs
        )
        #expect(try server.listed(as: .tcp)?.remote == ours)
        // client -> FIN; the server acknowledges it and says nothing.
        try client.shutdown(.sending)
        #expect(try eventually { try client.listed(as: .tcp)?.state == .finWait2 ? true : nil } == true)
        #expect(try server.listed(as: .tcp)?.state == .closeWait)
        // server -> FIN: the client, who closed first, keeps TIME_WAIT, which belongs to no process.
        server.close()
        let port = try #require(ours.port)
        let wait = try #require(
            try eventually {
                try KernelSockets.list([.tcp], states: [.timeWait], port: port).first { $0.local == ours }
            }
        )
        #expect(wait.remote == theirs && wait.inode == 0 && wait.user == nil && wait.drops == nil)
        let timer = try #require(wait.timer)
        #expect(timer.kind == .timeWait && timer.remaining > .zero && timer.remaining <= .seconds(60))
    }

    @Test func `a connection that nobody accepts has no process, and one without room no answer`() throws {
        let listener = try tcpListener(backlog: 0)
        let address = try listener.localAddress
        // listen(0) admits one.
        let first = try tcpConnection(to: address)
        let port = try #require(address.port)
        let waiting = try eventually {
            try KernelSockets.list([.tcp], states: [.established], port: port).first { $0.local == address }
        }
        #expect(waiting?.inode == 0)
        let second = try tcpConnection(to: address)
        let asking = try #require(try second.listed(as: .tcp))
        #expect(asking.state == .synSent && asking.timer?.kind == .retransmission)
        first.close()
    }

    @Test func `a socket that is only bound is listed where Linux lists it, from 6.8 on`() throws {
        let socket = try Socket(.ipv4, .stream)
        try socket.bind(to: loopback())
        guard let bound = try socket.listed(as: .tcp) else {
            #expect(try linuxVersion() < (6, 8))
            return
        }
        #expect(try bound.state == .boundInactive && bound.local == socket.localAddress)
        let states = Set(try KernelSockets.list([.tcp], states: [.boundInactive]).map(\.state))
        #expect(states == [.boundInactive])
    }

    @Test func `datagram sockets show their peer, their queue and what they lost`() throws {
        let receiver = try Socket(.ipv4, .datagram)
        try receiver.bind(to: loopback())
        let address = try receiver.localAddress
        let sender = try Socket(.ipv4, .datagram)
        _ = try sender.connect(to: address)
        let listed = try #require(try sender.listed(as: .udp))
        #expect(listed.state == .established && listed.remote == address)
        let before = try #require(try receiver.listed(as: .udp))
        #expect(
            before.state == .closed && before.remote == nil && before.drops == 0 && before.receiveQueue == 0
        )
        try receiver.setReceiveBufferBytes(2304)
        let bytes = [UInt8](repeating: 0, count: 1000)
        for _ in 0..<20 { _ = unsafe try sender.send(bytes.span.bytes) }
        let after = try #require(try receiver.listed(as: .udp))
        #expect(after.receiveQueue > 0 && (after.drops ?? 0) > 0)
    }

    @Test func `an IPv6 socket says whether it takes IPv4, and shows an IPv4 peer as such`() throws {
        guard let socket = try? Socket(.ipv6, .stream) else { return }
        try socket.setIPv6Only(true)
        try socket.bind(to: .ipv6(.loopback, port: 0, zone: 0))
        try socket.listen(backlog: 1)
        let only = try #require(try socket.listed(as: .tcp))
        #expect(try only.isIPv6Only == true && only.local == socket.localAddress)
        let both = try Socket(.ipv6, .stream)
        try both.setIPv6Only(false)
        try both.bind(to: .ipv6(.any, port: 0, zone: 0))
        try both.listen(backlog: 1)
        #expect(try both.listed(as: .tcp)?.isIPv6Only == false)
        let port = try #require(try both.localAddress.port)
        let client = try tcpConnection(to: loopback(port))
        let server = try accepted(both)
        #expect(try server.listed(as: .tcp)?.remote == client.localAddress)
        #expect(try server.listed(as: .tcp)?.local == loopback(port))
    }

    @Test func `UDP-Lite has a list of its own`() throws {
        guard let socket = try? Socket(.ipv4, .datagram, .udpLite) else { return }
        try socket.bind(to: loopback())
        #expect(try socket.listed(as: .udpLite)?.local == socket.localAddress)
        #expect(try socket.listed(as: .udp) == nil)
    }

    @Test func `raw sockets are listed by sock_diag or from proc, or the option that is missing is named`()
        throws
    {
        guard let socket = try? Socket(.ipv4, .raw, .icmp) else { return }
        do {
            let listing = try KernelSockets.read([.raw])
            let inode = try socket.inode
            let listed = try #require(listing.sockets.first { $0.inode == inode })
            // A raw socket's port is its protocol.
            #expect(listed.local?.port == 1)
            #expect((listed.cookie == 0) == listing.fromText.contains(.raw))
        } catch let error as SocketError {
            #expect(error.code == .protocolNotSupported && error.remedy.contains("CONFIG_INET_RAW_DIAG"))
        }
    }

    @Test func `what the kernel does not list is told with the option that brings it`() {
        let options = [
            "tcp": "CONFIG_INET_TCP_DIAG", "udp": "CONFIG_INET_UDP_DIAG", "unix": "CONFIG_UNIX_DIAG",
            "raw": "CONFIG_INET_RAW_DIAG",
        ]
        for (kind, option) in options {
            let error = SocketError(.inspect, .protocolNotSupported, subject: "\(kind) sockets")
            #expect(error.description.contains(option) && error.description.hasSuffix("."))
        }
    }

    @Test func `Unix sockets show their path or name, their peer and its name`() throws {
        let path = "/tmp/parley-listing-\(getpid()).sock"
        defer { _ = unsafe unlink(path) }
        let server = try Socket(.unix, .stream)
        try server.bind(to: .unix(.path(path)))
        try server.listen(backlog: 3)
        let listening = try #require(try server.listed(as: .unixStream))
        #expect(
            listening.state == .listen && listening.local == .unix(.path(path)) && listening.user == geteuid()
        )
        #expect(listening.sendQueue == 3 && listening.receiveQueue == 0)
        let client = try Socket(.unix, .stream)
        _ = try client.connect(to: .unix(.path(path)))
        let other = try accepted(server)
        let here = try #require(try client.listed(as: .unixStream))
        #expect(try here.state == .established && here.local == nil && here.peerInode == other.inode)
        #expect(here.remote == .unix(.path(path)))
        // A name of bytes, not of text.
        let name = Array("parley\0\(getpid())".utf8) + [0xFF]
        let datagram = try Socket(.unix, .datagram)
        try datagram.bind(to: .unix(.abstract(name)))
        #expect(try datagram.listed(as: .unixDatagram)?.local == .unix(.abstract(name)))
        let pair = try Socket.pair(.sequencedPacket)
        #expect(try pair.first.listed(as: .sequencedPacket)?.peerInode == pair.second.inode)
    }

    @Test func `the kernel's own choice by port is ours`() throws {
        let listener = try tcpListener()
        let client = try tcpConnection(to: try listener.localAddress)
        let server = try accepted(listener)
        let other = try tcpListener()
        let port = try #require(try listener.localAddress.port)
        let inodes = Set([try listener.inode, try client.inode, try server.inode])
        let chosen = try KernelSockets.list([.tcp], port: port)
        #expect(Set(chosen.map(\.inode)) == inodes)
        #expect(chosen.allSatisfy { $0.local?.port == port || $0.remote?.port == port })
        let all = try KernelSockets.list()
        #expect(Set(all.map(\.inode)).isSuperset(of: inodes.union([try other.inode])))
        #expect(try KernelSockets.list([.unixStream, .raw], port: port).isEmpty)
        let listening = try KernelSockets.list([.tcp], states: [.listen], port: port)
        #expect(listening.map(\.inode) == [try listener.inode])
        #expect(try KernelSockets.list([.tcp], states: []).isEmpty)
    }

    /// `6.18.4-…`
    private func linuxVersion() throws -> (Int, Int) {
        var names = utsname()
        try #require(unsafe uname(&names) == 0)
        let text = unsafe withUnsafeBytes(of: names.release) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = text.split(separator: ".").compactMap { Int($0) }
        return (try #require(numbers.first), numbers.count > 1 ? numbers[1] : 0)
    }
}
