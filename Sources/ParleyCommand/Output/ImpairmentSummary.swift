import ParleyImpairment
import ParleyLinks
import ParleyText

/// What an impairment says of what it did.
struct ImpairmentSummary {
    private let report: ImpairmentReport

    init(_ report: ImpairmentReport) {
        self.report = report
    }

    private static let causes: [(LinkDrop, String, String)] = [
        (.loss, "lost", "lost"), (.burst, "lost in bursts", "burst"), (.spell, "lost in bad spells", "spell"),
        (.rule, "by a rule", "rule"), (.tooLarge, "too large", "tooLarge"),
        (.queueFull, "at a full queue", "queueFull"), (.earlyDrop, "before the queue was full", "earlyDrop"),
        (.partitioned, "while the way was cut", "partitioned"), (.heldFull, "held and too many", "heldFull"),
        (.linkFull, "too many on the way", "linkFull"),
    ]

    /// `there 1200 came, 60 lost; back 1140 came, 57 lost`
    var short: String {
        "there \(Self.short(report.there)); back \(Self.short(report.back))"
    }

    private static func short(_ way: ImpairmentReport.Way) -> String {
        "\(way.link.received) came, \(way.link.dropped) lost"
    }

    var lines: [String] {
        [
            "there: " + Self.sentence(report.there), "back: " + Self.sentence(report.back),
            plural(report.peers, "peer")
                + (report.peersFailed > 0 ? ", \(report.peersFailed) not connected" : "")
                + (report.lostBefore > 0 ? ", \(report.lostBefore) lost by our own full queue" : ""),
        ]
    }

    private static func sentence(_ way: ImpairmentReport.Way) -> String {
        var text = plural(way.link.received, "datagram") + " came, \(way.sent) passed on"
        for (cause, words, _) in causes where way.link[cause] > 0 { text += ", \(way.link[cause]) \(words)" }
        let more = [
            (way.inside, "still on the way"), (way.link.copies, "twice"),
            (way.link.reordered, "out of order"),
            (way.link.corrupted, "with a flipped bit"), (way.withoutRoom, "lost by our own full queue"),
            (way.refused, "not sent: nobody is there, or too long"),
            (way.withoutPeer, "for peers that are gone"),
            (way.notLetIn, "more not let in"), (way.truncated, "more cut short"),
            (way.pending, "not sent yet"),
        ]
        for (count, words) in more where count > 0 { text += ", \(count) \(words)" }
        return text
    }

    var json: JSONLine {
        JSONLine(
            schema: "parley.note/1",
            [
                .init("note", .string(lines.joined(separator: "; "))),
                .init("there", Self.json(report.there)),
                .init("back", Self.json(report.back)), .init("peers", .integer(report.peers)),
                .init("peersFailed", .integer(report.peersFailed)),
                .init("lostBefore", .integer(report.lostBefore)),
            ]
        )
    }

    private static func json(_ way: ImpairmentReport.Way) -> JSONValue {
        let counts =
            [("received", way.link.received), ("sent", way.sent), ("dropped", way.link.dropped)]
            + causes.map { ($0.2, way.link[$0.0]) } + [
                ("inside", way.inside), ("copies", way.link.copies), ("reordered", way.link.reordered),
                ("corrupted", way.link.corrupted), ("withoutRoom", way.withoutRoom), ("refused", way.refused),
                ("withoutPeer", way.withoutPeer), ("notLetIn", way.notLetIn), ("truncated", way.truncated),
                ("pending", way.pending),
            ]
        return .object(counts.map { .init($0.0, .integer($0.1)) })
    }
}
