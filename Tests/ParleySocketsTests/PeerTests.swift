import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Who the peer of a Unix connection is.
@Suite struct PeerTests {
    private static let ours = PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())

    @Test(arguments: ["unix", "seqpacket"])
    func bothEndsKnowTheOther(scheme: String) throws {
        let server = try listener("\(scheme)://@parley-test-\(UInt64.random(in: 0 ... .max))")
        let client = try connect(to: server.localAddress, as: "\(scheme)://@x")
        let child = try accept(server)
        #expect(try client.peerCredentials == Self.ours)
        #expect(try child.peerCredentials == Self.ours)
    }

    @Test func aPairWasMadeByUs() throws {
        let pair = try Socket.pair(.stream)
        #expect(try pair.first.peerCredentials == Self.ours)
    }

    @Test func whereNobodyVouchesForThePeerThereIsNone() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let client = try connect(to: server.localAddress)
        #expect(try client.peerCredentials == nil)
        #expect(try Socket(.unix, .stream).peerCredentials == nil)
        try withDirectory { directory in
            let inbox = try datagram("unixgram://\(directory)/s")
            let friend = try datagram("unixgram:")
            _ = try friend.connect(to: inbox.localAddress)
            #expect(try friend.peerCredentials == nil)
        }
    }
}
