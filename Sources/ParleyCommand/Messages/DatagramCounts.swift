import ParleyText

/// What became of datagrams that were served.
struct DatagramCounts: Sendable {
    var datagrams = 0
    var answered = 0
    /// Answers that found no room: their peer's queue was full, or ours.
    var dropped = 0
    /// Datagrams that were not answered because their sender answers everything itself, or is ourselves.
    var damped = 0
    /// Answers that the system refused for another reason, or that carry no number for a numbered question.
    var failed = 0
    /// Datagrams that did not fit the layout, or whose answers did not; not among the others.
    var misfits = 0
    /// Datagrams of senders without a name, whom no answer reaches; not among the others.
    var nameless = 0
    /// What had come and was not looked at when the work ended; not among the others.
    var unread = 0
    /// Questions that came again, by their numbers; among the others.
    var remembered = 0
    /// Questions that there was no room to remember; among the others.
    var refused = 0
    /// Datagrams and answers that were lost on purpose; not among the others.
    var thrownAway = 0
    /// What the system lost to a full receive queue; not among the others.
    var loss = LossWatch()
    /// Of the datagrams served.
    var throughput = Throughput()
    var numbers: NumberWatch?

    /// `served 3 datagrams, 20 messages/s, 63 B`
    var served: String { "served " + plural(datagrams, "datagram") + throughput.ending }

    /// The same, and what became of those that were not answered, or never seen.
    var sentence: String {
        var text = served
        if dropped > 0 { text += ", dropped \(plural(dropped, "answer")) that had no room" }
        if damped > 0 { text += ", did not answer \(damped) of services and loops" }
        if nameless > 0 { text += ", could not answer \(nameless) of senders without a name" }
        if remembered > 0 {
            text += ", \(remembered) of them came again and \(remembered == 1 ? "was" : "were") not run again"
        }
        if refused > 0 { text += ", \(refused) refused for want of room to remember them" }
        if thrownAway > 0 { text += ", lost \(thrownAway) more on purpose" }
        if failed > 0 { text += ", could not send \(plural(failed, "answer"))" }
        if misfits > 0 { text += ", \(misfits) more did not fit" }
        if unread > 0 { text += ", \(unread) more came and \(unread == 1 ? "was" : "were") not looked at" }
        return text + (numbers?.ending ?? "") + loss.ending
    }

    private var answering: [JSONValue.Member] {
        [("remembered", remembered), ("refused", refused), ("thrownAway", thrownAway)]
            .filter { $0.1 > 0 }.map { .init($0.0, .integer($0.1)) }
    }

    /// `parley.note/1` with a number for each.
    var json: JSONLine {
        let counts = [
            ("datagrams", datagrams), ("answered", answered), ("dropped", dropped), ("damped", damped),
            ("failed", failed), ("misfits", misfits), ("nameless", nameless), ("unread", unread),
            ("lostAtLeast", loss.lostAtLeast),
        ]
        return JSONLine(
            schema: "parley.note/1",
            [.init("note", .string(sentence))] + counts.map { .init($0.0, .integer($0.1)) } + throughput.json
                + (numbers.map { [$0.json] } ?? []) + answering
        )
    }
}
