import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Raw IP sockets. What is sent stays on lo of a network of the test's own.
@Suite struct RawTests {
    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `a raw socket pings lo, and hears question and answer with their IP headers`() async {
        await #expect(processExitsWith: .success) { try await Self.pingRaw() }
    }

    @MainActor
    private static func pingRaw() throws {
        Confinement.enterNewNetwork()
        let before = openDescriptors()
        do {
            let socket = try Socket(.ipv4, .raw, .icmp)
            #expect(try socket.say(echo(type: 8), to: loopback(0)))
            var types: [UInt8] = []
            for _ in 0..<2 {
                let packet = try socket.next()
                #expect(packet.datagram.sender == loopback(0))
                #expect(packet.bytes[0] == 0x45 && packet.bytes[9] == 1)
                types.append(packet.bytes[20])
                #expect(packet.bytes.suffix(4) == [1, 2, 3, 4])
            }
            #expect(types == [8, 0])
            // Where the checksum of ICMPv6 stands is the kernel's to know.
            let six = try Socket(.ipv6, .raw, .icmpv6)
            #expect(try six.checksumOffset == 2)
            #expect(refusal { try six.setChecksumOffset(4) }?.code == .invalidArgument)
            #expect(try six.say(echo(type: 128), to: .ipv6(.loopback, port: 0, zone: 0)))
            let answers = [try six.next(), try six.next()]
            #expect(answers.map { $0.bytes[0] } == [128, 129])
        }
        #expect(openDescriptors() == before)
    }

    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `without a right a ping socket gets the answer to its own question`() async {
        await #expect(processExitsWith: .success) { try await Self.pingUnprivileged() }
    }

    @MainActor
    private static func pingUnprivileged() throws {
        Confinement.enterNewNetwork()
        let range =
            "mount -t proc proc /proc 2>/dev/null; sysctl -qw net.ipv4.ping_group_range='0 2147483647'"
        let direct = "echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range"
        #expect(Confinement.run(direct) || Confinement.run(range))
        Confinement.dropRights()
        for (family, kind, ip, to) in [
            (SocketFamily.ipv4, UInt8(8), IPProtocol.icmp, loopback(0)),
            (.ipv6, 128, .icmpv6, .ipv6(.loopback, port: 0, zone: 0)),
        ] {
            let socket = try Socket(family, .datagram, ip)
            #expect(try socket.say(echo(type: kind), to: to))
            let answer = try socket.next()
            #expect(answer.datagram.sender == to)
            #expect(answer.bytes[0] == (kind == 8 ? 0 : 129))
            // The identifier is the port, in whose range no other socket's answers come.
            let identifier = UInt16(answer.bytes[4]) << 8 | UInt16(answer.bytes[5])
            #expect(try socket.localAddress.port == identifier)
            #expect(answer.bytes.suffix(4) == [1, 2, 3, 4])
        }
    }

    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `a header of our own arrives as we wrote it`() async {
        await #expect(processExitsWith: .success) { try await Self.writeHeader() }
    }

    @MainActor
    private static func writeHeader() throws {
        Confinement.enterNewNetwork()
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try Socket(.ipv4, .raw, .udp)
        #expect(try sender.writesHeaders == false)
        try sender.setWritesHeaders(true)
        #expect(try sender.writesHeaders == true)
        let port = try receiver.port
        // From 127.0.0.9, port 7, without a checksum of UDP.
        var packet: [UInt8] = [
            0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 9, 127, 0, 0, 1,
            0, 7, UInt8(port >> 8), UInt8(port & 0xFF), 0, 10, 0, 0,
        ]
        packet += Array("hi".utf8)
        #expect(try sender.say(packet, to: loopback(0)))
        let datagram = try receiver.next()
        #expect(datagram.bytes == Array("hi".utf8))
        #expect(datagram.datagram.sender == .ipv4(IPv4Address(127, 0, 0, 9), port: 7))
        #expect(try Socket(.ipv4, .raw, .raw).writesHeaders == true)
    }

    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `the kernel fills in a checksum where a raw IPv6 socket says that it stands`() async {
        await #expect(processExitsWith: .success) { try await Self.fillInChecksum() }
    }

    @MainActor
    private static func fillInChecksum() throws {
        Confinement.enterNewNetwork()
        let receiver = try datagram("udp://[::1]:0")
        let sender = try Socket(.ipv6, .raw, .udp)
        #expect(try sender.checksumOffset == nil)
        #expect(refusal { try sender.setChecksumOffset(3) }?.code == .invalidArgument)
        try sender.setChecksumOffset(6)
        #expect(try sender.checksumOffset == 6)
        let port = try receiver.port
        let packet: [UInt8] = [0, 7, UInt8(port >> 8), UInt8(port & 0xFF), 0, 9, 0, 0, 33]
        // UDP over IPv6 without a checksum would be dropped.
        #expect(try sender.say(packet, to: .ipv6(.loopback, port: 0, zone: 0)))
        #expect(try receiver.next().bytes == [33])
        try sender.setChecksumOffset(nil)
        #expect(try sender.say(packet, to: .ipv6(.loopback, port: 0, zone: 0)))
        expectSilence(receiver)
    }
}

/// An echo request with four bytes.
private func echo(type: UInt8) -> [UInt8] {
    var bytes: [UInt8] = [type, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4]
    let sum = checksum(bytes)
    bytes[2] = UInt8(sum >> 8)
    bytes[3] = UInt8(sum & 0xFF)
    return bytes
}
