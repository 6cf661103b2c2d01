import ParleyTypes
import Testing

@testable import ParleyLinks

@Suite struct EarlyDropTests {
    /// 1 packet a millisecond leaves.
    private func conditions(_ discipline: LinkQueue.Discipline, marks: Bool = false) -> LinkConditions {
        LinkConditions(
            rate: 8_000_000,
            queue: LinkQueue(discipline, limit: .packets(2000), marks: marks)
        )
    }

    private func marked(_ conversation: Conversation) -> [LinkOutcome] {
        conversation.arrivals.filter {
            if case .arrived(ecn: .congestionExperienced, _, _) = $0.kind { true } else { false }
        }
    }

    // MARK: - RED

    @Test func `RED leaves short queues alone`() {
        var conversation = Conversation(conditions(.red()))
        for _ in 0..<2000 {
            conversation.send(5)
            conversation.wait(.milliseconds(5))
        }
        #expect(conversation.dropped(.earlyDrop).isEmpty)
    }

    @Test func `RED's average follows the queue slowly, and falls while the link is idle`() {
        var state = RandomEarlyDetection.State(
            RandomEarlyDetection(minimum: 1000, maximum: 3000, weightShift: 2)
        )
        _ = state.verdict(behind: 100, idle: 0, draw: 0)
        #expect(state.averagePackets == 25)
        _ = state.verdict(behind: 100, idle: 0, draw: 0)
        #expect(state.averagePackets == 43.75)
        // Two packets of usual size would have found it empty, and this one does.
        _ = state.verdict(behind: 0, idle: 2, draw: 0)
        #expect((state.averagePackets - 43.75 * 0.75 * 0.75 * 0.75).magnitude < 1e-6)
        _ = state.verdict(behind: 0, idle: .max, draw: 0)
        #expect(state.averagePackets == 0)
    }

    @Test(arguments: [(10, 0.05), (15, 0.1), (20, 0.4), (30, 1.0)])
    func `RED drops as its line says, spread evenly`(_ queue: Int, _ probability: Double) {
        let settings = RandomEarlyDetection(minimum: 5, maximum: 15, probability: 0.1, weightShift: 0)
        var state = RandomEarlyDetection.State(settings)
        var random = SeededGenerator(seed: 3)
        var gaps: [Int] = []
        var spared = 0
        for _ in 0..<20_000 {
            spared += 1
            let draw = UInt32(truncatingIfNeeded: random.next())
            guard state.verdict(behind: queue, idle: 0, draw: draw) != .pass else { continue }
            gaps.append(spared)
            spared = 0
        }
        // Gaps are uniform in 1...1 / p: their mean is (1 + 1 / p) / 2.
        let most = Int((1 / probability).rounded(.up))
        #expect(gaps.allSatisfy { (1...most).contains($0) })
        let mean = Double(gaps.reduce(0, +)) / Double(gaps.count)
        if most > 5 { #expect((mean - Double(most + 1) / 2).magnitude < 0.04 * Double(most)) }
        if most == 1 { #expect(mean == 1) }
    }

    @Test func `RED keeps the average between its thresholds under a moderate overload`() {
        var conversation = Conversation(conditions(.red()))
        conversation.send(20_000, every: .microseconds(950))
        #expect(conversation.dropped(.queueFull).isEmpty)
        #expect((5...15).contains(conversation.link.queuedPackets))
        // One in twenty is too much.
        #expect((700...1200).contains(conversation.dropped(.earlyDrop).count))
    }

    @Test func `RED forgets a queue that is long gone, however often it is asked meanwhile`() {
        var conversation = Conversation(conditions(.red()))
        conversation.send(5000, every: .microseconds(700))
        conversation.finish()
        let before = conversation.dropped(.earlyDrop).count
        conversation.now = conversation.now.advanced(by: .seconds(60))
        conversation.send(200, every: .milliseconds(2))
        #expect(before > 500 && conversation.dropped(.earlyDrop).count == before)
    }

    @Test func `RED counts the idle time behind a packet that it dropped`() {
        let settings = RandomEarlyDetection(minimum: 1, maximum: 2, probability: 1, weightShift: 4)
        var conversation = Conversation(conditions(.red(settings)))
        conversation.link.passage = .held
        conversation.send(100)
        conversation.link.passage = .open
        conversation.send(5)
        conversation.finish()
        conversation.send()
        #expect(conversation.dropped(.earlyDrop) == [100, 101, 102, 103, 104, 105])
        conversation.wait(.seconds(60))
        conversation.send()
        #expect(conversation.link.packetsInside == 1)
    }

    @Test func `RED marks capable packets up to its maximum and drops them above it`() {
        var conversation = Conversation(conditions(.red(), marks: true))
        conversation.send(5000, every: .microseconds(800), ecn: .capable)
        #expect(marked(conversation).count > 20)
        let state = LinkQueue.Discipline.red()
        #expect(
            state == .red(RandomEarlyDetection(minimum: 5, maximum: 15, probability: 0.1, weightShift: 9))
        )
        // A sender that does not obey is dropped in the end.
        #expect(conversation.dropped(.earlyDrop).count > 100)
        #expect(conversation.link.queuedPackets < 40)
    }

    @Test func `thresholds that make no sense are held to some that do`() {
        for settings in [
            RandomEarlyDetection(minimum: -5, maximum: -9, probability: .nan, weightShift: -3),
            RandomEarlyDetection(minimum: .max, maximum: .max, probability: 9, weightShift: 99),
            RandomEarlyDetection(minimum: 0, maximum: 0, probability: 1, weightShift: 0),
        ] {
            var state = RandomEarlyDetection.State(settings)
            for packets in [0, 1, 5, .max] {
                for draw in [0, .max] as [UInt32] {
                    _ = state.verdict(behind: packets, idle: Int64(packets), draw: draw)
                }
            }
        }
    }

    // MARK: - CoDel

    /// How long packets waited, in milliseconds, if they were sent so far apart.
    private func waits(_ conversation: Conversation, every gap: Duration) -> [Double] {
        conversation.arrivals.map {
            Double($0.time.nanoseconds - Int64($0.id) * gap.saturatedNanoseconds) * 1e-6 - 1
        }
    }

    @Test func `CoDel brings a standing queue to its target and keeps it there`() {
        var conversation = Conversation(conditions(.coDel()))
        conversation.send(100)
        // The link carries one a millisecond, so that the queue stands for ever unless packets are dropped.
        conversation.send(20_000, every: .milliseconds(1))
        let queues = conversation.link.queuedPackets
        #expect(queues <= 6)
        #expect((90...110).contains(conversation.dropped(.earlyDrop).count))
    }

    @Test func `CoDel holds back an overload near its target`() {
        let gap = Duration.microseconds(980)
        var conversation = Conversation(conditions(.coDel()))
        conversation.send(40_000, every: gap)
        let late = waits(conversation, every: gap).suffix(20_000)
        let mean = late.reduce(0, +) / Double(late.count)
        #expect((3...12).contains(mean), "\(mean) ms")
    }

    @Test func `CoDel lets a burst pass that is gone within its interval`() {
        var conversation = Conversation(conditions(.coDel()))
        for _ in 0..<100 {
            conversation.send(90)
            conversation.wait(.milliseconds(120))
        }
        #expect(conversation.dropped(.earlyDrop).isEmpty)
        conversation.send(150)
        conversation.finish()
        #expect(!conversation.dropped(.earlyDrop).isEmpty)
    }

    @Test func `CoDel drops ever faster, by the root of the count`() {
        // A queue that no drop empties.
        var state = ControlledDelay.State(ControlledDelay())
        state.entered(1000)
        var drops: [Int64] = []
        for step in 0..<60_000 as Range<Int64> where drops.count < 12 {
            let time = step * 10_000
            let verdict = state.verdict(at: time, sojourn: 10_000_000, bytes: 100_000, canMark: false)
            if verdict == .drop { drops.append(time) }
        }
        // The first after an interval, then 100 ms / √n between them.
        #expect(drops.first == 100_000_000)
        for (index, pair) in zip(drops, drops.dropFirst()).enumerated() {
            let expected = 100_000_000 / Double(index + 1).squareRoot()
            #expect((Double(pair.1 - pair.0) - expected).magnitude < 20_000)
        }
    }

    @Test func `CoDel leaves a queue alone that holds no more than one packet`() {
        var state = ControlledDelay.State(ControlledDelay())
        state.entered(1500)
        for step in 0..<1000 as Range<Int64> {
            let time = step * 1_000_000
            #expect(state.verdict(at: time, sojourn: 20_000_000, bytes: 1500, canMark: false) == .pass)
        }
    }

    @Test func `CoDel goes on about as fast as it did, if it stopped a short while ago`() {
        /// The gap between the first two drops after a pause.
        func gap(after pause: Int64) -> Int64? {
            var state = ControlledDelay.State(ControlledDelay())
            var time: Int64 = 0
            var drops: [Int64] = []
            while drops.count < 17 {
                time += 100_000
                let isDropped =
                    state.verdict(at: time, sojourn: 9_000_000, bytes: 9000, canMark: false) == .drop
                if isDropped { drops.append(time) }
            }
            time += pause
            _ = state.verdict(at: time, sojourn: 0, bytes: 9000, canMark: false)
            while drops.count < 19 {
                time += 100_000
                let isDropped =
                    state.verdict(at: time, sojourn: 9_000_000, bytes: 9000, canMark: false) == .drop
                if isDropped { drops.append(time) }
            }
            return drops[18] - drops[17]
        }
        // 16 drops more than at the beginning: a fourth of the interval.
        #expect(gap(after: 10_000_000) == 25_000_000)
        #expect(gap(after: 5_000_000_000) == 100_000_000)
    }

    @Test func `square roots are whole and right`() {
        let numbers: [UInt64] = [0, 1, 2, 3, 4, 8, 9, 15, 16, 1 << 62, .max, 10_000_000_000_000_000]
        let roots: [UInt64] = [0, 1, 1, 1, 2, 2, 3, 3, 4, 1 << 31, 4_294_967_295, 100_000_000]
        #expect(numbers.map(ControlledDelay.State.root) == roots)
    }

    @Test(arguments: [LinkQueue.Discipline.coDel(), .red()])
    func `only capable packets are marked, and only if asked`(_ discipline: LinkQueue.Discipline) {
        for (marks, ecn) in [(true, ECN.notCapable), (false, .capable), (false, .scalable)] {
            var conversation = Conversation(conditions(discipline, marks: marks))
            conversation.send(3000, every: .microseconds(970), ecn: ecn)
            #expect(conversation.link.statistics.marked == 0 && marked(conversation).isEmpty)
            #expect(conversation.link.statistics[.earlyDrop] > 10)
        }
        for ecn in [ECN.capable, .scalable] {
            var conversation = Conversation(conditions(discipline, marks: true))
            conversation.send(2000, every: .microseconds(990), ecn: ecn)
            conversation.finish()
            let count = conversation.link.statistics.marked
            #expect(count > 5 && marked(conversation).count == count)
            #expect(conversation.outcomes.count == 2000)
            if discipline == .coDel() { #expect(conversation.link.statistics.dropped == 0) }
        }
    }
}
