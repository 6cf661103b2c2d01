import ParleyTypes
import Testing

@testable import ParleyKernel

@Suite struct KernelHeldTests {
    private func socket(
        _ state: KernelSocket.State,
        kind: KernelSocket.Kind = .tcp,
        timer: KernelSocket.Timer? = nil,
        queue: UInt32 = 0,
        inode: UInt64 = 0
    ) -> KernelSocket {
        KernelSocket(
            kind: kind,
            state: state,
            local: .ipv4(.loopback, port: 8086),
            remote: .ipv4(.loopback, port: 40000),
            sendQueue: queue,
            timer: timer,
            inode: inode
        )
    }

    @Test func `a half-open connection is the listener's and is said to wait for the peer's confirmation`() {
        let timer = KernelSocket.Timer(kind: .retransmission, remaining: .seconds(1), retries: 2)
        let sentence = SocketHolder(socket(.newSynReceived, timer: timer)).sentence
        #expect(
            sentence.hasPrefix(
                "a half-open connection of the listener is in NEW_SYN_RECEIVED at 127.0.0.1:8086 with "
                    + "127.0.0.1:40000: the SYN was answered (SYN+ACK), 3 times by now, and the peer has "
                    + "not confirmed"
            )
        )
        #expect(!sentence.contains("no process holds"))
    }

    @Test(arguments: [
        (KernelSocket.State.closeWait, "no process has accepted yet is in CLOSE_WAIT", "has closed already"),
        (.established, "no process has accepted yet is open", ""),
        (.timeWait, "no process holds any more waits in TIME_WAIT", ""),
        (.finWait1, "no process holds any more is in FIN_WAIT_1", "9 bytes are not acknowledged"),
        (.finWait2, "no process holds any more is in FIN_WAIT_2", "has not closed its side"),
        (.lastAck, "no process holds any more is in LAST_ACK", "the last ACK is missing"),
        (.closing, "no process holds any more is in CLOSING", "both sides have closed"),
    ])
    func `each state that the kernel keeps by itself has words of its own`(
        _ state: KernelSocket.State,
        _ start: String,
        _ end: String
    ) {
        let sentence = SocketHolder(socket(state, queue: 9)).sentence
        #expect(sentence.contains(start) && (end.isEmpty || sentence.contains(end)), "\(sentence)")
    }

    @Test
    func `a socket that some process has is none of the kernel's, and a datagram socket is no connection`() {
        #expect(KernelHeld(socket(.finWait2, inode: 5)) == nil)
        #expect(SocketHolder(socket(.closed, kind: .udp)).name == "a socket of the kernel itself")
    }

    @Test func `how large a datagram may be is told with whose word that is`() {
        let v0 = { (mtu: UInt32) -> InterfaceTable in
            var record = InterfaceRecord(index: 3, name: "v0")
            record.packetBytesMax = mtu
            return InterfaceTable([record])
        }
        let remote = IPAddress.ipv4(IPv4Address(10, 0, 0, 2))
        func cause(_ bytes: Int, mtu: UInt32, path: UInt32, learned: Int? = nil, isIPv4: Bool = true)
            -> String
        {
            var route = Route(destination: remote, kind: .unicast, interface: 3)
            route.packetBytesMax = path
            route.learnedForSeconds = learned
            return PacketLimit(isIPv4: isIPv4, bytes: bytes, route: route, table: v0(mtu)).diagnosis(
                to: "there"
            ).cause
        }
        #expect(
            cause(2000, mtu: 1400, path: 1400).contains(
                "holds 1372 (the MTU of v0 is 1400, less 28 of headers)"
            )
        )
        #expect(cause(2000, mtu: 1500, path: 600).contains("(the route says 600"))
        #expect(cause(2000, mtu: 1500, path: 1400, learned: 590).contains("remembered for another 590 s"))
        #expect(cause(65_530, mtu: 1500, path: 1500).contains("at most 65507 bytes over IPv4, and this"))
        #expect(
            cause(65_530, mtu: 1500, path: 1500, isIPv4: false).contains(
                "at most 65527 bytes over IPv6, and this"
            )
        )
    }
}
