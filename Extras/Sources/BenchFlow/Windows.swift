import BenchKit
import ParleyFlow

/// 64 packets on their way; one leaves, and the oldest is acknowledged.
func measureSendWindow() throws {
    var window = try SendWindow<UInt32, Int>(first: 0, countMax: 256)
    var now: Int64 = 0
    var bytes = 0
    for item in 0..<64 { _ = try window.send(item, bytes: 1200, at: time(0)) }
    try row("send + acknowledge") { i in
        now += 1000
        _ = try window.send(Int(i), bytes: 1200, at: time(now))
        window.acknowledge(before: window.first.advanced(by: 1)) { bytes &+= $0.byteCount }
        barrier(&bytes)
    }
    guard window.flight.count == 64 else { fail("\(window.flight.count) packets on their way") }
}

/// The same with one packet of a hundred lost: 69 that come behind it are reported one by one, RACK finds it, and it is
/// repeated.
func measureLosses() throws {
    var window = try SendWindow<UInt32, Int>(first: 0, countMax: 256)
    var losses = RecentLosses()
    var roundTrip = RoundTripEstimator()
    roundTrip.addSample(.microseconds(64), at: time(0))
    var now: Int64 = 0
    var next: UInt64 = 0
    var gap: UInt64?
    var repeated = 0
    for item in 0..<64 { _ = try window.send(item, bytes: 1200, at: time(0)) }
    try row("send + acknowledge, a gap in 100, RACK") { i in
        now += 1000
        let now = time(now)
        _ = try window.send(Int(i), bytes: 1200, at: now)
        let index = next
        next += 1
        if index % 100 == 0 {
            gap = index
            return
        }
        if let start = gap, index < start + 70 {
            let run = SerialRun(first: window.number(of: start + 1), last: window.number(of: index))
            window.acknowledge(run) { losses.delivered($0, by: roundTrip, at: now) }
        } else {
            window.acknowledge(before: window.number(of: index + 1)) {
                losses.delivered($0, by: roundTrip, at: now)
            }
            gap = nil
        }
        window.findLosses(by: &losses, roundTrip: roundTrip, at: now)
        while let lost = window.flight.nextLost {
            window.sendAgain(lost, at: now)
            repeated += 1
        }
        barrier(&repeated)
    }
    guard repeated > 0, window.falseAcknowledgements == 0 else { fail("\(repeated) losses found") }
}

func measureReceiveWindow() throws {
    var window = try ReceiveWindow<UInt32, Int>(next: 0, countMax: 256)
    var number: UInt32 = 0
    var read = 0
    try row("receive + read, in order") { i in
        window.receive(Int(i), number: SerialNumber(number), bytes: 1200)
        number &+= 1
        while window.popFirst() != nil { read += 1 }
        barrier(&read)
    }
    // Each two of them swapped: one waits for the other.
    if number & 1 == 1 {
        window.receive(0, number: SerialNumber(number), bytes: 1200)
        number &+= 1
        while window.popFirst() != nil { read += 1 }
    }
    try row("receive + read, neighbours swapped") { i in
        window.receive(Int(i), number: SerialNumber(number ^ 1), bytes: 1200)
        number &+= 1
        while window.popFirst() != nil { read += 1 }
        barrier(&read)
    }
    guard window.duplicates == 0, window.refused == 0 else { fail("\(window.duplicates) came twice") }
}
