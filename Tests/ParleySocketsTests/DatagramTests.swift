import CParleyLinux
import Glibc
import ParleyTypes
import Testing

@testable import ParleySockets

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

extension DatagramTests {
    @Test func aBufferTooShortTellsHowLongTheDatagramWas() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        try datagram("udp://127.0.0.1:0").say("0123456789", to: loopback(receiver.port))
        let received = try receiver.next(capacity: 4)
        #expect(received.bytes == Array("0123".utf8))
        #expect(received.datagram.isTruncated)
        #expect(received.datagram.sentByteCount == 10)
        expectSilence(receiver)
    }

    @Test func aDatagramWithoutBytesIsDataAndNotAnEnd() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        try sender.say("", to: loopback(receiver.port))
        let received = try receiver.next()
        #expect(received.bytes.isEmpty)
        #expect(received.datagram.sender == loopback(try sender.port))
        #expect(!received.datagram.isTruncated)
    }

    @Test func anEmptyQueueIsNilAndNoError() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        var bytes = [UInt8](repeating: 0, count: 8)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        #expect(try receiver.receiveDatagram(into: &raw) == nil)
    }

    @Test func theLargestIPv4DatagramHas65507Bytes() throws {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0?sndbuf=256K")
        let recipient = loopback(try receiver.port)
        #expect(try sender.say([UInt8](repeating: 7, count: 65507), to: recipient))
        #expect(try receiver.next().bytes.count == 65507)
        let error = refusal { try sender.say([UInt8](repeating: 7, count: 65508), to: recipient) }
        #expect(error?.code == .messageTooLong)
        #expect(error?.remote == recipient)
        #expect(error?.local == loopback(try sender.port))
    }

    @Test func aConnectedSocketHearsOfARefusalLaterAndLivesOn() throws {
        let gone = try datagram("udp://127.0.0.1:0")
        let recipient = loopback(try gone.port)
        gone.close()
        let sender = try datagram("udp://127.0.0.1:0")
        #expect(try sender.connect(to: recipient) == .connected)
        try sender.say("1", to: recipient)
        #expect(wait(sender.fileDescriptor))
        let error = refusal { try sender.next() }
        #expect(error?.code == .connectionRefused)
        #expect(error?.code.isDatagramLoss == true)
        try sender.say("2", to: recipient)
    }

    @Test func aRecipientThatCannotBeIsATypedErrorBeforeAnythingIsSent() throws {
        let four = try datagram("udp://127.0.0.1:0")
        #expect(
            refusal { try four.say([1], to: .ipv6(.loopback, port: 1, zone: 0)) }?.code
                == .addressFamilyNotSupported
        )
        #expect(refusal { try four.say([1], to: .unix(.path("/a"))) }?.code == .addressFamilyNotSupported)
        let zero = refusal { try four.say([1], to: loopback(0)) }
        #expect(zero?.code == .invalidArgument)
        #expect(zero?.remedy.contains("Port 0") == true)
        #expect(refusal { try four.say([1], to: loopback(9), from: .unix(.unnamed)) } != nil)
    }

    @Test func anInterruptedCallIsMadeAgainAndWouldBlockIsNil() throws {
        let socket = try Socket(.ipv4, .datagram)
        var answers: [(Int, Int32)] = [(-1, EINTR), (-1, EINTR), (5, 0)]
        let answer = { () -> Int in
            let (result, code) = answers.removeFirst()
            errno = code
            return result
        }
        #expect(try socket.attempt(.send, answer) == 5)
        answers = [(-1, EINTR), (-1, EAGAIN)]
        #expect(try socket.attempt(.send, answer) == nil)
        answers = [(-1, EPERM)]
        #expect(refusal { try socket.attempt(.send, answer) }?.code == .notPermitted)
        #expect(answers.isEmpty)
    }
}
