import CAllocationCount
import ParleyNetwork
import ParleyTypes
import Synchronization

/// Asks many peers over one socket, again and again: each question is a train of numbered datagrams, the next one goes
/// 50 microseconds after all of its answers have come, and again after a while in which some have not.
///
/// One alarm serves the times of all peers: they are due in the order in which they were set.
final class AskingEngine: Driver, @unchecked Sendable {
    // Sendable by hand: the variables belong to the network's thread until `isDone`.
    struct Peer {
        let address: SocketAddress
        /// The number of the question that is under way; 0 before the first.
        var number: UInt32 = 0
        /// Which of its datagrams have come back, a bit each.
        var answered: UInt8 = 0
        /// From when on the next question may leave.
        var notBefore = MonotonicInstant(nanoseconds: 0)
        var isAsking = false
    }

    private let port: any DrivenPort & MessagePort
    private let batch: ReceiveBatch
    private let rounds: UInt32
    private(set) var peers: [Peer]
    private var places: [SocketAddress: Int] = [:]
    /// Who is to be asked, and from when on.
    private var pauses: Due
    /// Who was asked, and when to ask again.
    private var patience: Due
    private var underWay = 0
    private var finished = 0
    private var bytes: [UInt8]
    private var list: [Transmit] = []

    private(set) var questions = 0
    private(set) var repeats = 0
    private(set) var strangers = 0
    private(set) var earlyAlarms = 0
    private(set) var tooEarly = 0
    /// Allocations of the process in the second half of all questions, and packets both ways.
    private(set) var allocations = 0
    private(set) var packetsCounted = 0
    private var alarmTime: MonotonicInstant?
    let isDone = Atomic<Bool>(false)

    static let pause = Duration.microseconds(50)
    /// Datagrams of a question, and bytes of each.
    static let segments = 4
    static let segmentBytes = 64
    private static let trainsMax = 64
    /// Questions that are under way at once: they fit into the queues.
    private static let underWayMax = 128
    private static let everybody: UInt8 = 1 << segments - 1

    /// Peers in the order of their times, which only rise.
    private struct Due {
        private var ring: [(time: MonotonicInstant, peer: Int32, number: UInt32)]
        private var first = 0
        private(set) var count = 0

        init(capacity: Int) {
            ring = Array(repeating: (MonotonicInstant(nanoseconds: 0), 0, 0), count: capacity)
        }

        var next: (time: MonotonicInstant, peer: Int32, number: UInt32)? { count == 0 ? nil : ring[first] }

        mutating func append(_ time: MonotonicInstant, _ peer: Int, _ number: UInt32) {
            precondition(count < ring.count, "a peer stands here twice")
            ring[(first + count) % ring.count] = (time, Int32(peer), number)
            count += 1
        }

        mutating func removeFirst() {
            first = (first + 1) % ring.count
            count -= 1
        }
    }

    init(_ port: any DrivenPort & MessagePort, _ addresses: [SocketAddress], rounds: UInt32) {
        self.port = port
        self.rounds = rounds
        batch = port.makeBatch(messageBytes: 2048, slots: 64)
        peers = addresses.map { Peer(address: $0) }
        pauses = Due(capacity: addresses.count)
        patience = Due(capacity: addresses.count * 4)
        bytes = Array(repeating: 0, count: Self.trainsMax * Self.segments * Self.segmentBytes)
        for (index, peer) in peers.enumerated() {
            places[peer.address] = index
            pauses.append(peer.notBefore, index, 0)
        }
        list.reserveCapacity(Self.trainsMax)
    }

    func signalled(at now: MonotonicInstant) { ask(at: now) }

    func alarm(at now: MonotonicInstant) {
        if let alarmTime, now < alarmTime { earlyAlarms += 1 }
        alarmTime = nil
        ask(at: now)
    }

    func writable(at now: MonotonicInstant) { ask(at: now) }
    func ended() {}

    func received(at now: MonotonicInstant) {
        let batch = batch
        guard case .received = try? port.receive(into: batch) else { return }
        for index in 0..<batch.count {
            let entry = batch.entry(index)
            guard let place = places[entry.sender], entry.byteCount % Self.segmentBytes == 0 else {
                strangers += 1
                continue
            }
            let bytes = batch.bytes(index)
            for offset in stride(from: 0, to: entry.byteCount, by: Self.segmentBytes) {
                let number = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
                let segment = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                guard segment < Self.segments else {
                    strangers += 1
                    continue
                }
                note(number, UInt8(segment), of: place, at: now)
            }
        }
        ask(at: now)
    }

    private func note(_ number: UInt32, _ segment: UInt8, of place: Int, at now: MonotonicInstant) {
        guard peers[place].isAsking, peers[place].number == number else { return }
        peers[place].answered |= 1 << segment
        guard peers[place].answered == Self.everybody else { return }
        peers[place].isAsking = false
        underWay -= 1
        guard number < rounds else {
            finished += 1
            if finished == peers.count {
                allocations = Int(parley_allocations_end())
                packetsCounted = questions * 2 * Self.segments - packetsCounted
                isDone.store(true, ordering: .releasing)
            }
            return
        }
        peers[place].notBefore = now.advanced(by: Self.pause)
        pauses.append(peers[place].notBefore, place, number)
    }

    /// Sends what is due, a list of trains a call, and sets the alarm for what is not.
    private func ask(at now: MonotonicInstant) {
        while true {
            list.removeAll(keepingCapacity: true)
            while list.count < Self.trainsMax, let place = next(at: now) {
                let start = list.count * Self.segments * Self.segmentBytes
                for segment in 0..<Self.segments {
                    let offset = start + segment * Self.segmentBytes
                    unsafe bytes.withUnsafeMutableBytes { bytes in
                        unsafe bytes.storeBytes(
                            of: peers[place].number,
                            toByteOffset: offset,
                            as: UInt32.self
                        )
                        unsafe bytes.storeBytes(
                            of: UInt32(segment),
                            toByteOffset: offset + 4,
                            as: UInt32.self
                        )
                    }
                }
                let end = start + Self.segments * Self.segmentBytes
                list.append(Transmit(start..<end, segmentBytes: Self.segmentBytes, to: peers[place].address))
                patience.append(now.advanced(by: .milliseconds(200)), place, peers[place].number)
            }
            guard !list.isEmpty else { break }
            let list = list
            let bytes = bytes
            var position = TransmitPosition()
            // What has no room is lost, as on any network: it is asked again.
            while position.index < list.count,
                let taken = unsafe try? port.transmit(bytes.span.bytes, list.span, at: &position), taken > 0
            {}
        }
        setAlarm()
    }

    /// Who is asked next, now: one whose answers have not come, or one whose pause is over.
    private func next(at now: MonotonicInstant) -> Int? {
        while let due = patience.next, due.time <= now {
            patience.removeFirst()
            let place = Int(due.peer)
            guard peers[place].isAsking, peers[place].number == due.number else { continue }
            repeats += 1
            return place
        }
        guard underWay < Self.underWayMax, let due = pauses.next, due.time <= now else { return nil }
        pauses.removeFirst()
        let place = Int(due.peer)
        if now < peers[place].notBefore { tooEarly += 1 }
        peers[place].number += 1
        peers[place].answered = 0
        peers[place].isAsking = true
        underWay += 1
        questions += 1
        if questions == peers.count * Int(rounds) / 2 {
            parley_allocations_begin()
            packetsCounted = questions * 2 * Self.segments
        }
        return place
    }

    private func setAlarm() {
        let pause = underWay < Self.underWayMax ? pauses.next?.time : nil
        let next = min(pause ?? .distantFuture, patience.next?.time ?? .distantFuture)
        guard next != alarmTime else { return }
        alarmTime = next
        port.setAlarm(at: next)
    }
}
