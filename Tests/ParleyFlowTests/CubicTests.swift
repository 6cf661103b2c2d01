import ParleyFlow
import ParleyTypes
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct CubicTests {
    /// RFC 9438's formulas in floating point; windows in packets, times in seconds.
    struct Model {
        var cwnd: Double
        var wMax = 0.0
        var prior = 0.0
        var epoch: Double?
        var k = 0.0
        var wEst = 0.0
        var convergesFast = true

        mutating func lose() {
            wMax = convergesFast && cwnd < wMax ? cwnd * 1.7 / 2 : cwnd
            prior = cwnd
            cwnd = max(cwnd * 0.7, 2)
            epoch = nil
        }

        func cubic(_ t: Double) -> Double { 0.4 * (t - k) * (t - k) * (t - k) + wMax }

        mutating func acknowledge(_ segments: Double, at now: Double, roundTrip: Double) {
            if epoch == nil {
                epoch = now
                if wMax > cwnd {
                    k = cbrt((wMax - cwnd) / 0.4)
                } else {
                    (k, wMax) = (0, cwnd)
                }
                wEst = cwnd
            }
            let t = now - epoch!
            wEst += (wEst >= prior ? 1 : 0.9 / 1.7) * segments / cwnd
            if cubic(t) < wEst {
                cwnd = max(cwnd, wEst)
            } else {
                let target = min(1.5 * cwnd, max(cwnd, cubic(t + roundTrip)))
                cwnd += segments * (target - cwnd) / cwnd
            }
        }
    }

    @Test func `C · t³ is what floating point says, within a byte, and K within 1/65,536 s`() {
        for packet in [1, 536, 1200, 1452, 9000, 65_536] {
            for time in stride(from: -80.0, through: 80, by: 0.37) {
                let units = Int64((time * 65_536).rounded())
                let exact = Double(units) / 65_536
                let bytes = 0.4 * exact * exact * exact * Double(packet)
                let growth = CubicFunction.growth(over: units, packetBytes: packet)
                #expect((Double(growth) - bytes).magnitude < 1 + bytes.magnitude * 1e-14)
            }
            for bytes in [1, 1000, 123_456, 1 << 30] {
                let time = cbrt(Double(bytes) / Double(packet) / 0.4)
                let units = CubicFunction.time(for: bytes, packetBytes: packet)
                #expect((Double(units) - min(time * 65_536, 268_435_455)).magnitude < 1.01)
            }
        }
    }

    /// In numbers that hold them: 2 · t³ · packet is below 2 · (2²⁸)³ · 2¹⁷, 2¹⁰².
    @Test func `C · t³ and K are exact, rounded towards zero and down`() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<20_000 {
            let packet = Int.random(in: 1...65_536, using: &generator)
            func numerator(_ units: Int64) -> UInt128 {
                let time = UInt128(units.magnitude)
                return time * time * time * UInt128(2 * packet)
            }
            let unitsEnd: Int64 = 1 << Int64.random(in: 1...28, using: &generator)
            let units = Int64.random(in: 0..<unitsEnd, using: &generator)
            let growth = Int(numerator(units) / (5 << 48))
            #expect(CubicFunction.growth(over: units, packetBytes: packet) == growth)
            #expect(CubicFunction.growth(over: -units, packetBytes: packet) == -growth)
            let bytesMax = 1 << Int.random(in: 0...30, using: &generator)
            let bytes = Int.random(in: 1...bytesMax, using: &generator)
            let wanted = UInt128(bytes) * (5 << 48)
            let time = CubicFunction.time(for: bytes, packetBytes: packet)
            #expect(numerator(time) <= wanted && (time == 1 << 28 - 1 || numerator(time + 1) > wanted))
        }
    }

    @Test func `cube roots are exact: the greatest number whose cube is not more`() {
        var generator = SeededGenerator(seed: 5)
        for bits in 0...96 as ClosedRange<UInt128> {
            for _ in 0..<20 {
                let number = UInt128.random(in: 0..<1 << bits, using: &generator)
                let root = UInt128(CubicFunction.cubeRoot(number))
                #expect(root * root * root <= number && (root + 1) * (root + 1) * (root + 1) > number)
            }
        }
    }

    /// A window that has been reduced from so many packets, and is far from Reno's: a long round trip.
    private func reduced(from packets: Int) throws -> Driver<Cubic> {
        var driver = Driver(
            try Cubic(packetBytes: 1000, initial: .bytes(packets * 1000), leavesSlowStartEarly: false),
            packet: 1000,
            roundTrip: .seconds(1)
        )
        driver.controller.lost(driver.event(end: 0))
        driver.start = 1
        driver.acknowledge(0, flight: 0, end: 2)
        return driver
    }

    /// Acknowledgements and losses as they come, against the RFC's formulas.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the window is the RFC's, acknowledgement by acknowledgement, within a packet`(_ seed: UInt64) throws
    {
        var generator = SeededGenerator(seed: seed)
        let packets = Int.random(in: 10...5000, using: &generator)
        let roundTrip = Int64.random(in: 5...500, using: &generator)
        let convergesFast = Bool.random(using: &generator)
        var driver = Driver(
            try Cubic(
                packetBytes: 1000,
                initial: .bytes(packets * 1000),
                convergesFast: convergesFast,
                leavesSlowStartEarly: false
            ),
            packet: 1000,
            roundTrip: .milliseconds(roundTrip)
        )
        var model = Model(cwnd: Double(packets), convergesFast: convergesFast)
        driver.controller.lost(driver.event(end: 0))
        model.lose()
        driver.start = 1
        driver.acknowledge(0, flight: 0, end: 2)
        var greatest = 0.0
        for step in 0..<20_000 {
            driver.now = driver.now.advanced(by: .milliseconds(Int64.random(in: 0...20, using: &generator)))
            if step % 5000 == 4999 {
                driver.controller.lost(driver.event(end: driver.start))
                model.lose()
                driver.acknowledge(0, flight: 0, end: driver.start + 2)
                continue
            }
            let bytes = Int.random(in: 0...20_000, using: &generator)
            driver.acknowledge(bytes, flight: driver.controller.window, end: driver.start + 2)
            model.acknowledge(
                min(Double(bytes) / 1000, model.cwnd),
                at: Double(driver.now.nanoseconds) / 1e9,
                roundTrip: Double(roundTrip) / 1000
            )
            let window = Double(driver.controller.window) / 1000
            greatest = max(greatest, (window - model.cwnd).magnitude / max(1, model.cwnd / 1000))
        }
        #expect(greatest < 1, "seed \(seed): \(greatest)")
    }

    @Test func `the plateau comes after K seconds, at the old window`() throws {
        // 4.2: K = cbrt((1000 − 700) / 0.4) = 9.0856 s.
        var driver = try reduced(from: 1000)
        var reached: Double?
        while reached == nil {
            driver.now = driver.now.advanced(by: .milliseconds(10))
            driver.acknowledge(
                driver.controller.window / 100,
                flight: driver.controller.window,
                end: driver.start + 2
            )
            if driver.controller.window >= 999_000 {
                reached = Double(driver.now.nanoseconds) / 1e9
            }
        }
        // W = 999 a little before K: cbrt(1 / 0.4) = 1.36 s earlier, and a round trip ahead of itself.
        #expect((6.5...9.1).contains(reached!))
    }

    @Test func `a loss leaves 0.7 of the window, once a flight`() throws {
        var driver = Driver(try Cubic(packetBytes: 1000, initial: .bytes(100_000)), packet: 1000)
        driver.controller.lost(driver.event(index: 1, end: 50))
        driver.controller.lost(driver.event(index: 2, end: 50))
        #expect(driver.controller.window == 70_000 && driver.controller.threshold == 70_000)
        #expect(!driver.controller.isInSlowStart)
    }

    @Test func `a time-out leaves one packet, slow start to 0.7, and then a plateau`() throws {
        var driver = Driver(try Cubic(packetBytes: 1000, initial: .bytes(100_000)), packet: 1000)
        driver.controller.timedOut(driver.event(end: 5))
        #expect(driver.controller.window == 1000 && driver.controller.threshold == 70_000)
        driver.controller.timedOut(driver.event(end: 5))
        #expect(driver.controller.threshold == 70_000)
        driver.start = 5
        for _ in 0..<7 { driver.round() }
        #expect((70_000...72_000).contains(driver.controller.window))
    }

    @Test func `where Reno would be faster it is as Reno`() throws {
        // A round trip of 10 ms and a small window: α = 9/17 of a packet a round trip up to the old window.
        var driver = Driver(
            try Cubic(packetBytes: 1000, initial: .bytes(20_000)),
            packet: 1000,
            roundTrip: .milliseconds(10)
        )
        driver.controller.lost(driver.event(end: 0))
        driver.start = 1
        driver.acknowledge(0, flight: 0, end: 2)
        for _ in 0..<10 { driver.round(time: .milliseconds(10)) }
        let grown = Double(driver.controller.window - 14_000) / 1000
        #expect((grown - 10 * 9 / 17).magnitude < 0.5, "\(grown)")
        for _ in 0..<4 { driver.round(time: .milliseconds(10)) }
        while driver.controller.window < 21_000 { driver.round(time: .milliseconds(10)) }
        let before = driver.controller.window
        for _ in 0..<5 { driver.round(time: .milliseconds(10)) }
        #expect((Double(driver.controller.window - before) / 1000 - 5).magnitude < 0.6)
    }

    @Test func `time without use does not count: an hour of a slow application is no growth at once`() throws
    {
        var driver = try reduced(from: 1000)
        driver.acknowledge(1000, flight: driver.controller.window, end: driver.start + 2)
        for _ in 0..<3600 {
            driver.now = driver.now.advanced(by: .seconds(1))
            driver.acknowledge(1000, flight: 1000, end: driver.start + 2)
        }
        #expect(driver.controller.window < 702_000)
        driver.round(time: .seconds(1))
        #expect(driver.controller.window < 850_000)
    }

    @Test func `slow start ends when round trips become longer, before a loss (HyStart++)`() throws {
        var driver = Driver(try Cubic(packetBytes: 1000), packet: 1000)
        var rounds = 0
        while driver.controller.isInSlowStart, rounds < 30 {
            // A path of 200 packets: what is more waits in the queue.
            let waiting = max(0, driver.controller.window / 1000 - 200)
            let time = Duration.microseconds(100_000 + waiting * 500)
            let count = driver.controller.window / 1000
            for _ in 0..<count {
                driver.roundTrip.addSample(time, at: driver.now)
                driver.now = driver.now.advanced(by: time / count)
                let end = driver.start + UInt64(driver.controller.window / 1000)
                driver.acknowledge(1000, flight: driver.controller.window, end: end)
            }
            rounds += 1
        }
        #expect(!driver.controller.isInSlowStart)
        // Without it the window would double for ever. A round late, and five rounds of a quarter: 640 · 1.25⁵.
        #expect((200_000...2_000_000).contains(driver.controller.window), "\(driver.controller.window)")
    }

    @Test func `losses that were none are taken back`() throws {
        var driver = try reduced(from: 1000)
        driver.controller.lost(driver.event(end: driver.start + 50))
        #expect(driver.controller.window == 490_000)
        driver.controller.lossesWereNone()
        #expect(driver.controller.window == 700_000)
    }
}
