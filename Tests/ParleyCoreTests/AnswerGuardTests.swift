import ParleyTypes
import Testing

@testable import ParleyCore

/// Services that answer everything do not answer each other for ever, and clients are not taken for services.
@Suite struct AnswerGuardTests {
    private typealias Answering = @Sendable ([UInt8], MonotonicInstant) -> [UInt8]?

    /// One host's port with a service of its own, in a world where every datagram arrives a step later.
    private struct Host {
        var address: SocketAddress
        var service: Answering
        /// Nil: a service of somebody else, without a guard.
        var judge: AnswerGuard?
        var answers = 0
    }

    private struct Datagram {
        var bytes: [UInt8]
        var from: Int
        var to: Int
        /// Sent from the port of trials.
        var isTrial = false
    }

    private static func address(_ number: Int) -> SocketAddress {
        .ipv4(IPv4Address(192, 0, 2, UInt8(number)), port: UInt16(4000 + number))
    }

    /// Lets datagrams travel until none is left or `steps` have been taken; how many are still on their way.
    private func travel(
        _ first: [Datagram],
        among hosts: inout [Host],
        every step: Duration = .microseconds(50),
        steps: Int
    ) -> Int {
        var now = MonotonicInstant(nanoseconds: 1_000_000_000)
        var onWay = first
        for _ in 0..<steps where !onWay.isEmpty {
            let datagram = onWay.removeFirst()
            now = now.advanced(by: step)
            let (from, to) = (hosts[datagram.from].address, datagram.to)
            guard let answer = hosts[to].service(datagram.bytes, now) else { continue }
            guard hosts[to].judge != nil else {
                hosts[to].answers += 1
                answered(answer, datagram, by: to, among: &hosts, now, &onWay)
                continue
            }
            switch hosts[to].judge!.judge(answer, to: datagram.bytes, from: from, at: now) {
            case .leaveOut, .leaveOutOne: continue
            case .answer: break
            case .answerAndTry:
                onWay.append(Datagram(bytes: answer, from: to, to: datagram.from, isTrial: true))
            }
            hosts[to].answers += 1
            answered(answer, datagram, by: to, among: &hosts, now, &onWay)
        }
        return onWay.count
    }

    /// An answer to a trial goes to the port of trials and no further.
    private func answered(
        _ answer: [UInt8],
        _ question: Datagram,
        by host: Int,
        among hosts: inout [Host],
        _ now: MonotonicInstant,
        _ onWay: inout [Datagram]
    ) {
        if question.isTrial {
            let peer = hosts[host].address
            hosts[question.from].judge?.noteAnswer(from: peer, at: now)
        } else {
            onWay.append(Datagram(bytes: answer, from: host, to: question.from))
        }
    }

    private static let echo: Answering = { bytes, _ in bytes }
    /// The seconds of a clock that is off by so many.
    private static func stamp(_ offset: Int64) -> Answering {
        { _, now in Array("\(now.nanoseconds / 1_000_000_000 + offset)\r\n".utf8) }
    }
    /// Says something else each time: what it was told, and when.
    private static let fresh: Answering = { bytes, now in
        bytes.prefix(4) + Array("\(now.nanoseconds)".utf8)
    }

    @Test(arguments: [1, 2, 7, 40, 200])
    func `two services that answer everything stop, however many datagrams circulate between them`(
        circulating: Int
    ) {
        let pairs = [
            (Self.echo, Self.echo), (Self.echo, Self.stamp(0)), (Self.stamp(0), Self.stamp(17)),
            (Self.stamp(5), Self.echo), (Self.echo, Self.fresh), (Self.fresh, Self.fresh),
            (Self.stamp(0), Self.fresh),
        ]
        for isForeign in [false, true] {
            for (one, other) in pairs {
                var hosts = [
                    Host(address: Self.address(1), service: one, judge: AnswerGuard()),
                    Host(address: Self.address(2), service: other, judge: isForeign ? nil : AnswerGuard()),
                ]
                let forged = (0..<circulating).map { Datagram(bytes: Array("\($0)".utf8), from: 1, to: 0) }
                #expect(travel(forged, among: &hosts, steps: 200_000) == 0)
                // The datagrams until somebody is tried, and what circulates while the trial is on its way.
                #expect(hosts[0].answers <= 4 * AnswerGuard.datagramsUntilTried + 6 * circulating)
            }
        }
    }

    @Test
    func `each datagram that a stranger forges costs a bounded number of answers, for as long as he likes`() {
        var hosts = [
            Host(address: Self.address(1), service: Self.echo, judge: AnswerGuard()),
            Host(address: Self.address(2), service: Self.fresh, judge: nil),
        ]
        var forged = [Datagram(bytes: [0], from: 1, to: 0)]
        #expect(travel(forged, among: &hosts, steps: 10_000) == 0)
        let first = hosts[0].answers
        #expect(first <= 2 * AnswerGuard.datagramsUntilTried)
        forged = (0..<1000).map { Datagram(bytes: [1, UInt8($0 & 0xFF), UInt8($0 >> 8)], from: 1, to: 0) }
        #expect(travel(forged, among: &hosts, steps: 100_000) == 0)
        #expect(hosts[0].answers - first <= 1000)
    }

    @Test func `a client that asks a hundred thousand times a second is answered each time`() {
        var judge = AnswerGuard()
        var now = MonotonicInstant(nanoseconds: 0)
        var trials = 0
        for number in 0..<1_000_000 {
            now = now.advanced(by: .microseconds(10))
            let bytes = [UInt8(number & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number >> 16)]
            switch judge.judge(bytes, to: bytes, from: Self.address(1), at: now) {
            case .answer: break
            // It does not hear what comes from elsewhere, or takes it for a copy of its answer.
            case .answerAndTry: trials += 1
            case .leaveOut, .leaveOutOne: Issue.record("left out")
            }
        }
        #expect(trials == 12, "256, 512, … 524,288")
    }

    @Test func `where no sender can be forged, only clients who repeat themselves are tried`() {
        var judge = AnswerGuard(countsOnlyRepetitions: true)
        var now = MonotonicInstant(nanoseconds: 0)
        for number in 0..<200_000 {
            now = now.advanced(by: .microseconds(10))
            let bytes = Array("question \(number)".utf8)
            #expect(judge.judge(bytes, to: bytes, from: Self.address(1), at: now) == .answer)
        }
        // Nothing of that is remembered any more.
        now = now.advanced(by: .seconds(2))
        var count = 1
        while judge.judge([1], to: [1], from: Self.address(1), at: now) != .answerAndTry, count < 1000 {
            count += 1
        }
        #expect(count == AnswerGuard.datagramsUntilTried + 1)
    }

    @Test func `clients who leave more than a second between their questions are never tried`() {
        var judge = AnswerGuard()
        var now = MonotonicInstant(nanoseconds: 0)
        for _ in 0..<2000 {
            now = now.advanced(by: .milliseconds(1100))
            #expect(judge.judge([], to: [1], from: Self.address(2), at: now) == .answer)
        }
    }

    @Test func `a loop whose other side lets nothing in from another port ends as well`() {
        var judge = AnswerGuard()
        var now = MonotonicInstant(nanoseconds: 0)
        var count = 0
        while count <= AnswerGuard.datagramsMax + 1 {
            now = now.advanced(by: .microseconds(10))
            if judge.judge([], to: [1], from: Self.address(1), at: now) == .leaveOutOne { break }
            count += 1
        }
        #expect(count == AnswerGuard.datagramsMax)
    }

    /// A guard's peers, datagram by datagram.
    private struct Play {
        var judge = AnswerGuard()
        var now = MonotonicInstant(nanoseconds: 0)
        /// Each datagram says something else.
        var said = 0

        mutating func next(
            _ peer: SocketAddress = address(1),
            _ pause: Duration = .milliseconds(1)
        ) -> AnswerGuard.Verdict {
            now = now.advanced(by: pause)
            said += 1
            return judge.judge([], to: Array("\(said)".utf8), from: peer, at: now)
        }

        /// How many answers until the peer is tried.
        mutating func untilTried() -> Int {
            var count = 1
            while next() != .answerAndTry, count < 10_000 { count += 1 }
            return count
        }
    }

    @Test func `a service gets one answer a second at most, and after ten seconds it has to be tried again`()
    {
        var play = Play()
        _ = play.untilTried()
        play.judge.noteAnswer(from: Self.address(2), at: play.now)
        #expect(play.next() == .answer, "somebody else's answer says nothing")
        _ = play.untilTried()
        play.judge.noteAnswer(from: Self.address(1), at: play.now)
        let found = play.now
        #expect(play.next() == .leaveOut(isNews: true))
        var answers = 0
        while found.duration(to: play.now) < AnswerGuard.memory - .milliseconds(1) {
            switch play.next() {
            case .answer: answers += 1
            case .leaveOut(let isNews): #expect(!isNews)
            case .answerAndTry, .leaveOutOne: Issue.record("tried while it is known")
            }
        }
        #expect((8...10).contains(answers), "\(answers)")
        // It never was silent, and all the same it is answered again until it was tried.
        #expect((256...257).contains(play.untilTried()))
        play.judge.noteAnswer(from: Self.address(1), at: play.now)
        #expect(play.next() == .leaveOut(isNews: false), "it is told of once")
    }

    @Test func `whoever forges a client's answer to a trial mutes it for ten seconds, not for ever`() {
        var play = Play()
        _ = play.untilTried()
        // Sprayed over all ports: one meets the trial, the others come to nobody.
        for _ in 0..<1000 { play.judge.noteAnswer(from: Self.address(1), at: play.now) }
        play.now = play.now.advanced(by: AnswerGuard.memory)
        for _ in 0..<255 { #expect(play.next() == .answer) }
        // Between trials the stranger's word counts for nothing.
        play.now = play.now.advanced(by: .milliseconds(500))
        play.judge.noteAnswer(from: Self.address(1), at: play.now)
        #expect(play.next() == .answer)
    }

    @Test func `an answer to a trial counts once, for a second, and from whoever was tried`() {
        var play = Play()
        // Nobody was tried: a stranger's word makes no service of a client.
        play.judge.noteAnswer(from: Self.address(1), at: play.now)
        #expect(play.untilTried() == 257)
        #expect(play.untilTried() == 256)
        play.judge.noteAnswer(from: Self.address(1), at: play.now.advanced(by: AnswerGuard.trialMax))
        #expect(play.next() == .answer)
    }

    @Test func `a flood of forged senders does not let a loop go on for ever`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var judge = AnswerGuard()
        var now = MonotonicInstant(nanoseconds: 0)
        var answers = 0
        var isService = false
        // One of ten datagrams belongs to the loop; the others are of ever new senders.
        for round in 0..<200_000 {
            now = now.advanced(by: .microseconds(20))
            guard round % 10 == 0 else {
                let forged = SocketAddress.ipv4(
                    IPv4Address(rawValue: UInt32.random(in: 0...0xFFFF, using: &generator)),
                    port: 9
                )
                _ = judge.judge([], to: [1], from: forged, at: now)
                continue
            }
            switch judge.judge([], to: [1], from: Self.address(1), at: now) {
            case .answer: answers += 1
            case .answerAndTry:
                answers += 1
                judge.noteAnswer(from: Self.address(1), at: now)
                isService = true
            case .leaveOut, .leaveOutOne: break
            }
        }
        #expect(isService && answers < 5000, "seed \(seed): \(answers)")
    }
}
