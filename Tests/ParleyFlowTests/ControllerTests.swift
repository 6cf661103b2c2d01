import ParleyFlow
import ParleyTypes
import Testing

/// A controller with somebody who keeps its window full, or not quite.
struct Driver<Controller: CongestionController> {
    var controller: Controller
    var roundTrip = RoundTripEstimator()
    var now = MonotonicInstant.zero
    var start: UInt64 = 0
    let packet: Int

    init(_ controller: Controller, packet: Int, roundTrip time: Duration = .milliseconds(100)) {
        self.controller = controller
        self.packet = packet
        roundTrip.addSample(time, at: now)
    }

    /// A round trip: a window's packets are acknowledged one by one.
    mutating func round(used: Bool = true, time: Duration = .milliseconds(100)) {
        let count = max(1, controller.window / packet)
        let end = start + UInt64(count)
        for index in 0..<count {
            now = now.advanced(by: time / count)
            acknowledge(packet, flight: used ? controller.window : 0, end: end + UInt64(index))
        }
    }

    mutating func acknowledge(_ bytes: Int, flight: Int, end: UInt64) {
        start += 1
        controller.acknowledged(
            AcknowledgementEvent(
                time: now,
                bytes: bytes,
                flightBefore: flight,
                startIndex: start,
                endIndex: max(end, start + 1),
                hasSample: true
            ),
            by: roundTrip
        )
    }

    func event(index: UInt64? = nil, end: UInt64? = nil) -> CongestionEvent {
        CongestionEvent(
            time: now,
            bytes: packet,
            index: index ?? start + 5,
            startIndex: start,
            endIndex: end ?? start + 20,
            flightBefore: controller.window
        )
    }
}

@Suite struct FixedControllerTests {
    @Test func `stop-and-wait and a fixed window never change`() throws {
        let controllers: [(any CongestionController, Int)] = [
            (try StopAndWait(packetBytes: 1200), 1200),
            (try FixedWindow(packets: 7, packetBytes: 1200), 8400),
        ]
        for (start, window) in controllers {
            var controller = start
            let event = CongestionEvent(
                time: .zero,
                bytes: 1,
                index: 1,
                startIndex: 0,
                endIndex: 2,
                flightBefore: 1
            )
            controller.lost(event)
            controller.timedOut(event)
            controller.marked(event)
            controller.idled(timeouts: 9)
            controller.lossesWereNone()
            #expect(controller.window == window && controller.pacingRate == nil)
        }
    }

    @Test func `windows and packets of nothing are refused`() {
        for bytes in [0, -1, 65_537] {
            #expect(throws: FlowError.self) { try StopAndWait(packetBytes: bytes) }
            #expect(throws: FlowError.self) { try FixedWindow(packets: 1, packetBytes: bytes) }
            #expect(throws: FlowError.self) { try NewReno(packetBytes: bytes) }
            #expect(throws: FlowError.self) { try Cubic(packetBytes: bytes) }
        }
        #expect(throws: FlowError.self) { try FixedWindow(packets: 0, packetBytes: 1200) }
        #expect(throws: FlowError.self) { try NewReno(packetBytes: 1200, windowMax: 1199) }
        #expect(throws: FlowError.self) { try Cubic(packetBytes: 1200, windowMax: 2399) }
    }
}

@Suite struct NewRenoTests {
    @Test func `it begins with RFC 9260's window, or RFC 6928's`() throws {
        #expect(try NewReno(packetBytes: 1000).window == 4000)
        #expect(try NewReno(packetBytes: 1452).window == 4404)
        #expect(try NewReno(packetBytes: 3000).window == 6000)
        #expect(try NewReno(packetBytes: 1200, initial: .rfc6928).window == 12_000)
        #expect(try NewReno(packetBytes: 9000, initial: .rfc6928).window == 18_000)
        #expect(try NewReno(packetBytes: 1000, initial: .bytes(5)).window == 1000)
    }

    @Test func `slow start doubles the window a round trip, avoidance adds a packet`() throws {
        var driver = Driver(try NewReno(packetBytes: 1000), packet: 1000)
        var windows: [Int] = []
        for _ in 0..<5 {
            driver.round()
            windows.append(driver.controller.window)
        }
        #expect(windows == [8000, 16_000, 32_000, 64_000, 128_000])
        driver.controller.lost(driver.event())
        #expect(driver.controller.window == 64_000 && driver.controller.threshold == 64_000)
        for _ in 0..<20 { driver.acknowledge(1000, flight: 64_000, end: 0) }
        #expect(driver.controller.window == 64_000)
        for packets in 65..<75 {
            driver.round()
            #expect(driver.controller.window == packets * 1000)
        }
    }

    @Test func `a flight's losses count once, and recovery ends`() throws {
        var driver = Driver(try NewReno(packetBytes: 1000, initial: .bytes(100_000)), packet: 1000)
        for index in 0..<20 as Range<UInt64> { driver.controller.lost(driver.event(index: index, end: 100)) }
        #expect(driver.controller.window == 50_000)
        driver.start = 99
        driver.controller.lost(driver.event(index: 99, end: 150))
        #expect(driver.controller.window == 50_000)
        driver.acknowledge(1000, flight: 50_000, end: 150)
        driver.controller.lost(driver.event(index: 120, end: 150))
        #expect(driver.controller.window == 25_000)
    }

    @Test func `a time-out leaves one packet, and half of the window as the threshold, once a flight`() throws
    {
        var driver = Driver(try NewReno(packetBytes: 1000, initial: .bytes(100_000)), packet: 1000)
        driver.controller.timedOut(driver.event(end: 100))
        #expect(driver.controller.window == 1000 && driver.controller.threshold == 50_000)
        driver.controller.timedOut(driver.event(end: 100))
        #expect(driver.controller.threshold == 50_000)
        driver.controller.lost(driver.event(index: 50, end: 101))
        #expect(driver.controller.window == 1000)
        for _ in 0..<3 { driver.acknowledge(1000, flight: driver.controller.window, end: 101) }
        #expect(driver.controller.window == 4000)
        driver.start = 101
        for _ in 0..<10 { driver.round() }
        #expect(driver.controller.window > 50_000 && driver.controller.window < 60_000)
    }

    @Test func `no loss makes the window larger, though the floor is four packets`() throws {
        var driver = Driver(try NewReno(packetBytes: 1000), packet: 1000)
        driver.controller.timedOut(driver.event(end: 10))
        driver.controller.lost(driver.event(index: 50, end: 100))
        #expect(driver.controller.window == 1000 && driver.controller.threshold == 4000)
    }

    @Test func `losses that were none are taken back`() throws {
        var driver = Driver(try NewReno(packetBytes: 1000, initial: .bytes(100_000)), packet: 1000)
        driver.controller.lost(driver.event(end: 100))
        driver.controller.lossesWereNone()
        #expect(driver.controller.window == 100_000)
        driver.controller.lossesWereNone()
        #expect(driver.controller.window == 100_000)
        // Known only when more than that flight was acknowledged.
        driver.controller.lost(driver.event(end: 200))
        driver.start = 250
        driver.acknowledge(1000, flight: 0, end: 260)
        #expect(driver.controller.window < 100_000)
        driver.controller.lossesWereNone()
        #expect(driver.controller.window == 100_000)
    }
}

/// The laws that hold for all controllers.
@Suite struct CongestionLawTests {
    static func controllers(windowMax: Int = 1 << 30) throws -> [any CongestionController] {
        [
            try StopAndWait(packetBytes: 1000), try FixedWindow(packets: 10, packetBytes: 1000),
            try NewReno(packetBytes: 1000, windowMax: windowMax),
            try NewReno(packetBytes: 1000, initial: .rfc6928, windowMax: windowMax, growthPackets: 8),
            try Cubic(packetBytes: 1000, windowMax: windowMax),
            try Cubic(
                packetBytes: 1000,
                windowMax: windowMax,
                convergesFast: false,
                leavesSlowStartEarly: false
            ),
        ]
    }

    /// Events of every kind in every order, whatever they say.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `no window is below one packet or above its cap, whatever comes`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var clock = WildClock(seed: seed)
        var roundTrip = RoundTripEstimator()
        for var controller in try Self.controllers(windowMax: 100_000) {
            for _ in 0..<1000 {
                let now = clock.next()
                let wild = Int.random(in: 0..<5, using: &generator) == 0
                func amount() -> Int {
                    wild
                        ? [Int.min, -1, 0, Int.max].randomElement(using: &generator)!
                        : Int.random(in: 0...200_000, using: &generator)
                }
                func index() -> UInt64 {
                    wild
                        ? UInt64.random(in: 0 ... .max, using: &generator)
                        : UInt64.random(in: 0...1000, using: &generator)
                }
                let event = CongestionEvent(
                    time: now,
                    bytes: amount(),
                    index: index(),
                    startIndex: index(),
                    endIndex: index(),
                    flightBefore: amount()
                )
                roundTrip.addSample(.nanoseconds(Int64(clamping: amount())), at: now)
                switch Int.random(in: 0..<20, using: &generator) {
                case 0: controller.lost(event)
                case 1: controller.timedOut(event)
                case 2: controller.marked(event)
                case 3: controller.idled(timeouts: amount())
                case 4: controller.lossesWereNone()
                default:
                    controller.acknowledged(
                        AcknowledgementEvent(
                            time: now,
                            bytes: amount(),
                            flightBefore: amount(),
                            startIndex: index(),
                            endIndex: index(),
                            hasSample: true,
                            isPaced: Bool.random(using: &generator)
                        ),
                        by: roundTrip
                    )
                }
                #expect((1000...100_000).contains(controller.window), "seed \(seed)")
                #expect(controller.pacingRate ?? 1 > 0)
            }
        }
    }

    @Test func `nothing grows while the flight is below the window`() throws {
        for controller in try Self.controllers() {
            func check(_ driver: inout Driver<Boxed>) {
                let window = driver.controller.window
                for _ in 0..<200 {
                    driver.now = driver.now.advanced(by: .seconds(1))
                    driver.acknowledge(1000, flight: window - 1000, end: driver.start + 3)
                }
                #expect(driver.controller.window == window)
            }
            var driver = Driver(Boxed(inside: controller), packet: 1000)
            check(&driver)
            driver.round()
            check(&driver)
            driver.controller.lost(driver.event(end: driver.start))
            driver.acknowledge(1000, flight: 0, end: 0)
            check(&driver)
            for _ in 0..<5 { driver.round() }
            check(&driver)
        }
    }

    /// RFC 9260, section 7.2.1, and Savage et al. 1999.
    @Test func `splitting one acknowledgement into many grows nothing`() throws {
        for controller in try Self.controllers() {
            func grown(by parts: Int, afterLoss: Bool) -> Int {
                var driver = Driver(Boxed(inside: controller), packet: 1000)
                if afterLoss {
                    for _ in 0..<4 { driver.round() }
                    driver.controller.lost(driver.event(end: driver.start))
                    driver.acknowledge(0, flight: 0, end: 0)
                }
                for _ in 0..<40 {
                    for part in 0..<parts {
                        let bytes = 1000 * (part + 1) / parts - 1000 * part / parts
                        driver.acknowledge(bytes, flight: driver.controller.window, end: driver.start + 10)
                        driver.start -= part + 1 < parts ? 1 : 0
                    }
                    driver.now = driver.now.advanced(by: .milliseconds(10))
                }
                return driver.controller.window
            }
            for afterLoss in [false, true] {
                let whole = grown(by: 1, afterLoss: afterLoss)
                // Rounding of the parts' rates aside.
                #expect(grown(by: 10, afterLoss: afterLoss) <= whole + 100)
                #expect(grown(by: 1000, afterLoss: afterLoss) <= whole + 100)
            }
        }
    }

    @Test func `after idleness a window restarts slowly, and a year of it harms nothing`() throws {
        for controller in try Self.controllers() {
            var driver = Driver(Boxed(inside: controller), packet: 1000)
            for _ in 0..<6 { driver.round() }
            let full = driver.controller.window
            driver.controller.idled(timeouts: 1)
            #expect(driver.controller.window == full || driver.controller.window == max(4000, full / 2))
            driver.controller.idled(timeouts: 365 * 86_400)
            #expect(driver.controller.window <= 12_000)
            driver.now = driver.now.advanced(by: .seconds(365 * 86_400))
            driver.round()
            #expect(driver.controller.window <= 24_000)
            driver.controller.idled(timeouts: .max)
            driver.controller.idled(timeouts: .min)
        }
    }

    @Test func `marks count as losses, once a flight`() throws {
        for controller in try Self.controllers() {
            var one = Driver(Boxed(inside: controller), packet: 1000)
            for _ in 0..<5 { one.round() }
            var other = one
            one.controller.lost(one.event())
            other.controller.marked(other.event())
            other.controller.marked(other.event(index: other.start + 6))
            #expect(one.controller.window == other.controller.window)
        }
    }

    /// `any CongestionController` where a type is wanted.
    struct Boxed: CongestionController {
        var inside: any CongestionController

        var window: Int { inside.window }
        var pacingRate: Int? { inside.pacingRate }
        mutating func acknowledged(
            _ event: AcknowledgementEvent,
            by roundTrip: borrowing RoundTripEstimator
        ) { inside.acknowledged(event, by: roundTrip) }
        mutating func lost(_ event: CongestionEvent) { inside.lost(event) }
        mutating func marked(_ event: CongestionEvent) { inside.marked(event) }
        mutating func timedOut(_ event: CongestionEvent) { inside.timedOut(event) }
        mutating func idled(timeouts: Int) { inside.idled(timeouts: timeouts) }
    }
}
