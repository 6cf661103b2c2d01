import ParleyText

/// What became of datagrams that were served.
struct DatagramCounts: Sendable {
    var datagrams = 0
    var answered = 0
    /// Answers that found no room: their peer's queue was full, or ours.
    var dropped = 0
    /// Datagrams that were not answered because their sender answers everything itself, or is ourselves.
    var damped = 0
    /// Answers that the system refused for another reason.
    var failed = 0
    /// Datagrams that did not fit the layout, or whose answers did not; not among the others.
    var misfits = 0
    /// Datagrams of senders without a name, whom no answer reaches; not among the others.
    var nameless = 0
    /// What had come and was not looked at when the work ended; not among the others.
    var unread = 0
    /// What the system lost to a full receive queue; not among the others.
    var loss = LossWatch()
    /// Of the datagrams served.
    var throughput = Throughput()
    var numbers: NumberWatch?

    /// `served 3 datagrams`, and what became of those that were not answered, or never seen.
    var sentence: String {
        var text = "served " + plural(datagrams, "datagram") + throughput.ending
        if dropped > 0 { text += ", dropped \(plural(dropped, "answer")) that had no room" }
        if damped > 0 { text += ", did not answer \(damped) of services and loops" }
        if nameless > 0 { text += ", could not answer \(nameless) of senders without a name" }
        if failed > 0 { text += ", could not send \(plural(failed, "answer"))" }
        if misfits > 0 { text += ", \(misfits) more did not fit" }
        if unread > 0 { text += ", \(unread) more came and \(unread == 1 ? "was" : "were") not looked at" }
        return text + (numbers?.ending ?? "") + loss.ending
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
                + (numbers.map { [$0.json] } ?? [])
        )
    }
}
