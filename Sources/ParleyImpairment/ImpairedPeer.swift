import ParleyLinks
import ParleyNetwork
import ParleyTypes

/// Who writes to an impairment: its flows on both links, and its port to the target, which it drives.
final class ImpairedPeer: Driver, @unchecked Sendable {
    // Sendable by hand: all variables belong to the network's thread.
    let address: SocketAddress
    /// By its first datagram: chance follows from it, not from the address.
    let number: Int
    /// What IP and UDP add to each datagram.
    let headerBytes: Int
    /// Which of our addresses it wrote to last: answers come from there.
    var ownAddress: SocketAddress?
    var heardAt: MonotonicInstant
    /// Datagrams of it inside of the links.
    var inside = 0
    var isGone = false
    var there: LinkFlow
    var back: LinkFlow
    /// What has arrived for the target.
    var outgoing = Outgoing()
    /// Nil while it is being opened.
    private(set) var port: (any DrivenPort & MessagePort)?
    private(set) var batch: ReceiveBatch?
    private unowned let engine: ImpairmentEngine

    init(
        _ address: SocketAddress,
        number: Int,
        _ engine: ImpairmentEngine,
        at now: MonotonicInstant
    ) {
        self.address = address
        self.number = number
        self.engine = engine
        heardAt = now
        headerBytes =
            switch address.unmapped {
            case .ipv4: 28
            case .ipv6: 48
            case .unix: 0
            }
        there = LinkFlow(key: UInt64(number))
        back = LinkFlow(key: UInt64(number))
    }

    func begin(with port: any DrivenPort & MessagePort) {
        self.port = port
        batch = port.makeBatch(messageBytes: ImpairmentEngine.messageBytesMax, slots: 16)
    }

    func end() {
        isGone = true
        port?.close()
        port = nil
    }

    func received(at now: MonotonicInstant) { engine.received(by: self, at: now) }
    func writable(at now: MonotonicInstant) {}
    func alarm(at now: MonotonicInstant) {}
    func signalled(at now: MonotonicInstant) {}
    func ended() {}
}
