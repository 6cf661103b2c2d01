import Glibc
import ParleyKernel
import ParleySockets
import ParleyTypes

// Datagrams, and who received them.

extension MatrixRig {
    /// Of each sender.
    private static let datagramCount = 10

    /// Opens sockets in this order, sends to them, and tells who received.
    func deliver(
        to destination: SocketAddress,
        among plans: [SocketPlan],
        senders senderCount: Int,
        expected: MatrixOutcome
    ) throws(SocketError) -> MatrixOutcome {
        let port = try freePort(.udp)
        var senders: [Held] = []
        for _ in 0..<senderCount {
            let isIPv6 = if case .ipv6 = destination { true } else { false }
            let home = SocketPlan(address: isIPv6 ? AddressPair.home6 : AddressPair.home)
            let sender = try bound(home, port: 0)
            if destination.isMulticast {
                try sender.socket.setGroupInterface(try Interface("lo"))
            }
            if !isIPv6 { try sender.socket.setAllowsBroadcast(true) }
            senders.append(sender)
        }
        var receivers: [(name: String, held: Held)] = []
        for plan in plans {
            let held = try bound(plan, port: port)
            if plan.isConnected { _ = try held.socket.connect(to: try senders[0].address) }
            receivers.append((plan.name, held))
        }
        let target = destination.with(port: port)
        // Which sender each receiver heard, and how often.
        var heard = [[UInt8: Int]](repeating: [:], count: receivers.count)
        for (number, sender) in senders.enumerated() {
            for _ in 0..<Self.datagramCount {
                let bytes = [UInt8(truncatingIfNeeded: number)]
                do throws(SocketError) {
                    _ = unsafe try sender.socket.send(bytes.span.bytes, to: target)
                } catch {
                    // That nobody was there for the one before.
                    guard error.code == .connectionRefused else { throw error }
                }
            }
            // Little waits in the receivers' queues.
            for index in receivers.indices { Self.drain(receivers[index].held, &heard[index]) }
        }
        let copies =
            switch expected {
            case .nobody: 0
            case .everyone(let names): names.count
            default: 1
            }
        let total = copies * senderCount * Self.datagramCount
        for _ in 0..<100 where heard.reduce(0, { $0 + $1.values.reduce(0, +) }) < total {
            usleep(2000)
            for index in receivers.indices { Self.drain(receivers[index].held, &heard[index]) }
        }
        usleep(2000)
        for index in receivers.indices { Self.drain(receivers[index].held, &heard[index]) }
        return Self.judge(receivers.map(\.name), heard, senderCount)
    }

    private static func judge(_ names: [String], _ heard: [[UInt8: Int]], _ senders: Int) -> MatrixOutcome {
        let all = senders * datagramCount
        let counts = heard.map { $0.values.reduce(0, +) }
        let hearers = names.indices.filter { counts[$0] > 0 }
        let hearerNames = hearers.map { names[$0] }.sorted()
        if hearers.isEmpty { return .nobody }
        if hearers.allSatisfy({ counts[$0] == all }) {
            return hearers.count == 1 ? .one(hearerNames[0]) : .everyone(hearerNames)
        }
        let isSplit =
            counts.reduce(0, +) == all && heard.allSatisfy { $0.values.allSatisfy { $0 == datagramCount } }
        if isSplit { return .spread(hearerNames) }
        return .strange(names.indices.map { "\(names[$0]) \(counts[$0]) of \(all)" }.joined(separator: ", "))
    }

    private static func drain(_ held: Held, _ heard: inout [UInt8: Int]) {
        var bytes: [UInt8] = [0]
        while true {
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            guard let datagram = try? held.socket.receiveDatagram(into: &raw), datagram.byteCount == 1 else {
                return
            }
            heard[bytes[0], default: 0] += 1
        }
    }
}
