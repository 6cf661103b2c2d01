import BenchKit
import ParleyFlow

/// Two packets an acknowledgement, ten thousand acknowledgements a second, the window used, a loss in ten thousand.
func measureController(_ name: String, _ controller: any CongestionController) throws {
    var controller = controller
    let roundTrip = path()
    var now: Int64 = 0
    var index: UInt64 = 0
    var window = 0
    try row(name) { _ in
        now += 100_000
        index += 2
        if index % 20_000 == 0 {
            controller.lost(
                CongestionEvent(
                    time: time(now),
                    bytes: 1200,
                    index: index,
                    startIndex: index,
                    endIndex: index + 60,
                    flightBefore: window
                )
            )
        }
        controller.acknowledged(
            AcknowledgementEvent(
                time: time(now),
                bytes: 2400,
                flightBefore: window,
                startIndex: index,
                endIndex: index + 60,
                hasSample: true
            ),
            by: roundTrip
        )
        window = controller.window
        barrier(&window)
    }
    guard window >= 1200 else { fail("a window of \(window)") }
}

/// A packet every 10 ms that comes up to 8 ms late.
func measureJitterBuffer(_ name: String, _ delay: PlayoutDelay) throws {
    var buffer = try JitterBuffer<Int>(delay: delay)
    var number: Int64 = 0
    var played = 0
    // Delays that look random and are the same in each run.
    let delays = (0..<1024).map { Int64($0) * 2_654_435_761 % 8_000_000 }
    try row(name) { i in
        number += 1
        let now = time(number * 10_000_000 + delays[Int(i & 1023)])
        buffer.receive(Int(i), sentAt: time(number * 10_000_000), number: number, bytes: 200, at: now)
        while buffer.next(at: now) != nil { played += 1 }
        barrier(&played)
    }
    guard played > 0, buffer.refused == 0 else { fail("\(played) were played") }
}
