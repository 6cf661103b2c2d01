import ArgumentParser
import ParleyLinks
import ParleyTypes

/// What is done to datagrams, both ways or one: `--loss 5%`, `--there 'loss=5% delay=40ms'`.
struct WayOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Lose so many: 5%.", valueName: "share"))
    var loss: String?
    @Option(help: ArgumentHelp("With --loss: lose so many in a row, on average.", valueName: "count"))
    var burst: String?
    @Option(help: ArgumentHelp("How long each is on its way: 40ms.", valueName: "duration"))
    var delay: String?
    @Option(
        help: ArgumentHelp(
            "By how much --delay varies, in order all the same: 10ms is 10ms less to 10ms more, each as likely; "
                + "normal:10ms by that deviation; pareto:10ms adds so much on average, seldom much more.",
            valueName: "duration"
        )
    )
    var jitter: String?
    @Option(
        help: ArgumentHelp("How much passes a second, headers included: 64kbit, 2mbit.", valueName: "rate")
    )
    var rate: String?
    @Option(
        help: ArgumentHelp(
            "With --rate: how many wait at most, 50; by default what the way holds, at least 10.",
            valueName: "count"
        )
    )
    var queue: String?
    @Option(
        help: ArgumentHelp(
            "So many come out of order, 100ms later than they would: 1%; 1%:20ms for another time.",
            valueName: "share"
        )
    )
    var reorder: String?
    @Option(help: ArgumentHelp("So many come twice: 1%.", valueName: "share"))
    var duplicate: String?
    @Option(help: ArgumentHelp("Of so many one bit is flipped: 0.1%.", valueName: "share"))
    var corrupt: String?
    @Option(help: ArgumentHelp("Lose what is larger, headers included: 1500.", valueName: "bytes"))
    var mtu: String?
    @Option(
        help: ArgumentHelp(
            "To the target alone, in the same words: --there 'loss=5% delay=40ms'.",
            valueName: "words"
        )
    )
    var there: String?
    @Option(help: ArgumentHelp("From the target alone, likewise.", valueName: "words"))
    var back: String?

    private var both: [(WayWord, String?)] {
        [
            (.loss, loss), (.burst, burst), (.delay, delay), (.jitter, jitter), (.rate, rate),
            (.queue, queue),
            (.reorder, reorder), (.duplicate, duplicate), (.corrupt, corrupt), (.mtu, mtu),
        ]
    }

    func validate() throws { _ = try ways }

    /// What each way does.
    var ways: (there: LinkConditions, back: LinkConditions) {
        get throws {
            var words: [WayWord: WayValue] = [:]
            for case (let word, let text?) in both {
                words[word] = WayValue(text: text, place: "--\(word.rawValue)")
            }
            return (
                try Self.conditions(words, and: there, of: "--there"),
                try Self.conditions(words, and: back, of: "--back")
            )
        }
    }

    private static func conditions(
        _ words: [WayWord: WayValue],
        and more: String?,
        of option: String
    ) throws -> LinkConditions {
        var words = words
        for part in (more ?? "").split(whereSeparator: { $0 == " " || $0 == "," }) {
            let pieces = part.split(separator: "=", maxSplits: 1)
            guard pieces.count == 2, let word = WayWord(rawValue: String(pieces[0])) else {
                throw ValidationError(
                    "\(option): \u{201C}\(SafeText.line(String(part)))\u{201D} is not of the form word=value; "
                        + "the words are "
                        + WayWord.allCases.map(\.rawValue).joined(separator: ", ") + "."
                )
            }
            words[word] = WayValue(text: String(pieces[1]), place: "\(option) \(word.rawValue)")
        }
        return try WayConditions(words).conditions
    }
}

/// What a way may be told.
enum WayWord: String, CaseIterable, Sendable {
    case loss, burst, delay, jitter, rate, queue, reorder, duplicate, corrupt, mtu
}

/// A word's value as it was written, and where.
struct WayValue: Sendable {
    let text: String
    let place: String

    func wrong(_ why: String) -> ValidationError {
        ValidationError("\(place) \(SafeText.line(text)): \(why)")
    }

    func share() throws -> Double {
        guard let share = LossShare(argument: text)?.share else {
            throw wrong("a share is 0% to 100%: 5%, 0.1%.")
        }
        return share
    }

    func duration(_ text: String? = nil) throws -> Duration {
        guard let span = Span(argument: text ?? self.text), span.duration <= .seconds(3600) else {
            throw wrong("a time is 0 to 1h: 40ms, 1.5s.")
        }
        return span.duration
    }

    func count(_ range: ClosedRange<Int>, _ unit: String) throws -> Int {
        guard let count = Int(text), range.contains(count) else {
            throw wrong("\(unit) are \(range.lowerBound) to \(range.upperBound).")
        }
        return count
    }
}

/// The words of one way, read.
struct WayConditions {
    private(set) var conditions = LinkConditions()

    init(_ words: [WayWord: WayValue]) throws {
        if let loss = words[.loss] {
            let share = try loss.share()
            conditions.loss = share > 0 ? .random(share) : .none
        }
        if let burst = words[.burst] {
            guard let length = Double(burst.text), (1...1_000_000).contains(length) else {
                throw burst.wrong("how many are lost in a row, on average, is 1 to 1000000.")
            }
            guard let loss = words[.loss] else {
                throw burst.wrong("it says how what --loss loses comes together: add --loss 5%.")
            }
            conditions.loss = .bursts(loss: try loss.share(), length: length)
        }
        if let delay = words[.delay] { conditions.delay.floor = try delay.duration() }
        if let jitter = words[.jitter] { try vary(jitter) }
        if let rate = words[.rate] {
            guard let read = Rate(argument: rate.text), read.time == nil, read.count > 0 else {
                throw rate.wrong("a rate is in bits a second, more than 0: 64kbit, 2mbit, 1gbit.")
            }
            conditions.rate = read.count
        }
        if let queue = words[.queue] {
            guard conditions.rate != nil else {
                throw queue.wrong("nothing waits without a --rate: add --rate 2mbit.")
            }
            conditions.queue.limit = .packets(try queue.count(0...1_000_000, "places of a queue"))
        }
        if let reorder = words[.reorder] {
            let pieces = reorder.text.split(separator: ":", maxSplits: 1)
            guard let share = LossShare(argument: String(pieces.first ?? ""))?.share else {
                throw reorder.wrong("a share is 0% to 100%, and behind it perhaps a time: 1%, 1%:20ms.")
            }
            let time = pieces.count > 1 ? try reorder.duration(String(pieces[1])) : .milliseconds(100)
            conditions.reordering = .back(share, by: time)
        }
        if let duplicate = words[.duplicate] { conditions.duplication = try duplicate.share() }
        if let corrupt = words[.corrupt] { conditions.corruption = try corrupt.share() }
        if let mtu = words[.mtu] { conditions.mtu = try mtu.count(28...65_535, "the bytes of a packet") }
    }

    private mutating func vary(_ jitter: WayValue) throws {
        let pieces = jitter.text.split(separator: ":", maxSplits: 1).map(String.init)
        let time = try jitter.duration(pieces.last ?? "")
        switch pieces.count > 1 ? pieces[0] : "uniform" {
        case "uniform":
            guard time <= conditions.delay.floor else {
                throw jitter.wrong("it would begin before it was sent: let --delay be as long at least.")
            }
            conditions.delay.floor -= time
            conditions.delay.distribution = .uniform(width: time * 2)
        case "normal":
            // Around the delay: what chance takes off is the floor's.
            let least = max(.zero, conditions.delay.floor - time * 4)
            conditions.delay.distribution = .normal(mean: conditions.delay.floor - least, deviation: time)
            conditions.delay.floor = least
        case "pareto":
            // A shape of 3: the mean is half of the scale.
            conditions.delay.distribution = .pareto(scale: time * 2, shape: 3)
        default:
            throw jitter.wrong("distributions are uniform, normal and pareto: normal:10ms.")
        }
    }
}
