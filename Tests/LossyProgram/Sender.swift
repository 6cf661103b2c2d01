import Parley
import ParleyFlow

/// The state of a sender of numbered packets that are acknowledged one by one: parts of ParleyFlow, put together.
struct Sender {
    private var flight: Flight
    private var controller: any CongestionController
    private var roundTrip: RoundTripEstimator
    private var timer = RetransmissionTimer()
    private var losses = RecentLosses()
    /// The oldest packet may leave whatever the window says: after a time-out.
    private var isUrgent = false
    /// With its headers.
    private let packetBytes: Int

    init(_ controller: any CongestionController, packetBytes: Int) throws(FlowError) {
        flight = try Flight(countMax: 4096)
        self.controller = controller
        roundTrip = RoundTripEstimator(try TimeoutSettings(minimum: .milliseconds(200)))
        self.packetBytes = packetBytes
    }

    /// The number of the packet that may leave now: one that is lost, else a new one; nil for none.
    mutating func next(at now: MonotonicInstant) throws(FlowError) -> UInt64? {
        guard isUrgent || flight.bytes + packetBytes <= controller.window, flight.count < flight.countMax
        else {
            return nil
        }
        isUrgent = false
        let number: UInt64
        if let lost = flight.nextLost {
            flight.sendAgain(lost, at: now)
            number = lost
        } else {
            number = try flight.send(bytes: packetBytes, at: now)
        }
        timer.arm(by: roundTrip, at: now)
        controller.sent(bytes: packetBytes, flight: flight.bytes, at: now)
        return number
    }

    /// A packet was acknowledged: the estimators hear of it, losses are found and told, and only then the window grows.
    mutating func acknowledged(_ number: UInt64, at now: MonotonicInstant) {
        let before = flight.bytes
        var packet: SentPacket?
        flight.deliver(number..<number + 1) { packet = $0 }
        guard let packet else { return }
        losses.delivered(packet, by: roundTrip, at: now)
        let hasSample = roundTrip.acknowledged(
            sentAt: packet.sentAt,
            transmissions: packet.transmissions,
            at: now
        )
        flight.acknowledge(before: flight.firstUndelivered(from: flight.startIndex) ?? flight.endIndex)
        findLosses(at: now, before)
        let event = AcknowledgementEvent(
            time: now,
            bytes: packet.byteCount,
            flightBefore: before,
            startIndex: flight.startIndex,
            endIndex: flight.endIndex,
            hasSample: hasSample
        )
        controller.acknowledged(event, by: roundTrip)
        timer.restart(by: roundTrip, at: now)
    }

    /// Time has passed.
    mutating func advance(to now: MonotonicInstant) {
        if let due = losses.deadline, due <= now { findLosses(at: now, flight.bytes) }
        guard timer.expire(by: roundTrip, at: now) else { return }
        let before = flight.bytes
        losses.timedOut(in: &flight, roundTrip: roundTrip, at: now)
        controller.timedOut(event(bytes: packetBytes, flight.startIndex, before, at: now))
        isUrgent = true
    }

    var deadline: MonotonicInstant {
        min(timer.deadline ?? .distantFuture, losses.deadline ?? .distantFuture)
    }

    private mutating func findLosses(at now: MonotonicInstant, _ before: Int) {
        var (bytes, last) = (0, UInt64(0))
        losses.findLosses(in: &flight, roundTrip: roundTrip, at: now) { packet in
            bytes += packet.byteCount
            last = max(last, packet.index)
        }
        if bytes > 0 { controller.lost(event(bytes: bytes, last, before, at: now)) }
    }

    private func event(bytes: Int, _ index: UInt64, _ before: Int, at now: MonotonicInstant)
        -> CongestionEvent
    {
        CongestionEvent(
            time: now,
            bytes: bytes,
            index: index,
            startIndex: flight.startIndex,
            endIndex: flight.endIndex,
            flightBefore: before
        )
    }
}
