import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct ReuseTests {
    @Test func aServerRestartsAtOnceWhileItsOldConnectionsWaitInTimeWait() throws {
        let again = try onceMore {
            let port = try leaveTimeWaitBehind(policy: "restartable")
            return try listener("tcp://127.0.0.1:\(port)")
        }
        #expect(try again.reusesAddress)
    }

    @Test func withoutThePolicyTheRestartIsAddressInUse() throws {
        let port = try leaveTimeWaitBehind(policy: "exclusive")
        let error = refusal { try listener("tcp://127.0.0.1:\(port)?reuse=exclusive") }
        #expect(error?.code == .addressInUse)
        #expect(error?.local == loopback(port))
        // Both sides need it: the old one did not have it.
        #expect(refusal { try listener("tcp://127.0.0.1:\(port)") }?.code == .addressInUse)
    }

    @Test func aServerRestartsUnderItsConnectedClients() throws {
        _ = try onceMore {
            let first = try listener("tcp://127.0.0.1:0")
            let address = try first.localAddress
            let client = try connect(to: address)
            let child = try accept(first)
            first.close()
            let second = try listener("tcp://\(address)")
            #expect(try second.localAddress == address)
            #expect(try child.remoteAddress == (try client.localAddress))
            return second
        }
    }

    @Test func twoListenersNeverShareAPortByBeingRestartable() throws {
        let first = try listener("tcp://127.0.0.1:0")
        let port = try first.port
        #expect(refusal { try listener("tcp://127.0.0.1:\(port)") }?.code == .addressInUse)
        #expect(refusal { try listener("tcp://0.0.0.0:\(port)") }?.code == .addressInUse)
        #expect(refusal { try listener("tcp://:\(port)") }?.code == .addressInUse)
        #expect(try listener("tcp://127.0.0.2:\(port)").port == port)
    }

    @Test(
        arguments: ["udp://127.0.0.1:0", "udp://:0", "udp://0.0.0.0:0", "udp://[::1]:0"],
        ["restartable", "group"]
    )
    func unicastDatagramsRefuseWhatWouldSetReuseAddress(url: String, policy: String) throws {
        let error = refusal { try datagram("\(url)?reuse=\(policy)") }
        #expect(error?.operation == .bind)
        #expect(error?.code == .operationNotSupported)
        #expect(error?.remedy.contains("any process take its datagrams") == true)
    }

    @Test(arguments: ["udp://127.0.0.1:0", "udp://:0", "udp://:0?interface=lo"])
    func noUnicastDatagramSocketEverHasReuseAddress(url: String) throws {
        let socket = try datagram(url)
        #expect(try !socket.reusesAddress)
        #expect(try !socket.reusesPort)
    }

    @Test func anotherSocketCannotTakeADatagramPortWhateverItSets() throws {
        let server = try datagram("udp://:0")
        let thief = try Socket(.ipv4, .datagram)
        try thief.setReusesAddress(true)
        try thief.setReusesPort(true)
        #expect(refusal { try thief.bind(to: loopback(server.port)) }?.code == .addressInUse)
    }

    @Test func loadBalancedSocketsShareAPortAndLetNobodyElseIn() throws {
        let first = try datagram("udp://127.0.0.1:0?reuse=loadBalanced")
        let port = try first.port
        let second = try datagram("udp://127.0.0.1:\(port)?reuse=loadBalanced")
        #expect(refusal { try datagram("udp://127.0.0.1:\(port)") }?.code == .addressInUse)
        var counts = [0, 0]
        for _ in 0..<64 {
            try datagram("udp://127.0.0.1:0").say("x", to: loopback(port))
            counts[first.staysSilentNow() ? 1 : 0] += 1
            _ = first.staysSilentNow() ? try second.next() : try first.next()
        }
        // Chance of one socket getting all of 64 peers: 2 to the power of -63.
        #expect(counts[0] > 0 && counts[1] > 0)
    }

    @Test func loadBalancedListenersShareAPort() throws {
        let first = try listener("tcp://127.0.0.1:0?reuse=loadBalanced")
        let second = try listener("tcp://127.0.0.1:\(try first.port)?reuse=loadBalanced")
        #expect(try second.reusesPort)
        #expect(try !second.reusesAddress)
    }

    /// Tries again with another port: between two lives of a listener another test may be given its port, which is no
    /// verdict. What never works still fails.
    private func onceMore(_ body: () throws -> Socket) throws -> Socket {
        for _ in 1..<5 {
            do {
                return try body()
            } catch let error as SocketError where error.code == .addressInUse {
                continue
            }
        }
        return try body()
    }

    /// Closes a connection from the server's side first, which is where TIME_WAIT then stands.
    private func leaveTimeWaitBehind(policy: String) throws -> UInt16 {
        let server = try listener("tcp://127.0.0.1:0?reuse=\(policy)")
        let port = try server.port
        let client = try connect(to: loopback(port))
        let child = try accept(server)
        child.close()
        #expect(wait(client.fileDescriptor))
        client.close()
        return port
    }
}

extension Socket {
    /// Whether nothing is there at this moment: on loopback a datagram is, once sent.
    func staysSilentNow() -> Bool { !wait(fileDescriptor, milliseconds: 0) }
}
