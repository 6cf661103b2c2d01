import CParleyLinux
import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct DatagramTests {
    @Test func aDatagramArrivesWithItsSenderAndItsBytes() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        try sender.say("hello", to: loopback(receiver.port))
        let received = try receiver.next()
        #expect(received.bytes == Array("hello".utf8))
        #expect(received.datagram.sender == loopback(try sender.port))
        #expect(!received.datagram.isTruncated)
    }

    @Test func aReplyLeavesFromTheAddressThatWasAsked() throws {
        let server = try datagram("udp://0.0.0.0:0")
        let client = try datagram("udp://127.0.0.1:0")
        let asked = SocketAddress.ipv4(IPv4Address(127, 0, 0, 2), port: try server.port)
        try client.say("?", to: asked)
        let question = try server.next()
        let local = try #require(question.datagram.arrival.localAddress)
        #expect(local.with(port: asked.port ?? 0) == asked)
        #expect(try server.say([1], to: question.datagram.sender, from: local))
        #expect(try client.next().datagram.sender == asked)
        // Without the source the reply would leave from 127.0.0.1, and a strict client would not take it.
        #expect(try server.say([2], to: question.datagram.sender))
        #expect(try client.next().datagram.sender == loopback(try server.port))
    }

    @Test func aDualStackReplyLeavesFromTheIPv4AddressThatWasAsked() throws {
        let server = try datagram("udp://:0")
        let client = try datagram("udp://127.0.0.1:0")
        let asked = SocketAddress.ipv4(IPv4Address(127, 0, 0, 3), port: try server.port)
        try client.say("?", to: asked)
        let question = try server.next()
        #expect(question.datagram.sender == loopback(try client.port))
        let local = try #require(question.datagram.arrival.localAddress)
        #expect(try server.say([1], to: question.datagram.sender, from: local))
        #expect(try client.next().datagram.sender == asked)
    }

    @Test func aDualStackSocketShowsIPv4PeersAsIPv4AndIPv6PeersAsIPv6() throws {
        let server = try datagram("udp://:0")
        let four = try datagram("udp://127.0.0.1:0")
        let six = try datagram("udp://[::1]:0")
        try four.say("4", to: loopback(server.port))
        #expect(try server.next().datagram.sender == loopback(try four.port))
        try six.say("6", to: .ipv6(.loopback, port: server.port, zone: 0))
        let received = try server.next()
        #expect(received.datagram.sender == .ipv6(.loopback, port: try six.port, zone: 0))
        #expect(received.datagram.arrival.localAddress == .ipv6(.loopback, port: 0, zone: 0))
    }
}
