import ArgumentParser
import ParleyCore
import ParleyFlow

/// `--smooth`, and by what messages say when they were sent.
struct SmoothOptions: ParsableArguments {
    @Option(
        name: .customLong("smooth"),
        help: ArgumentHelp(
            "Over datagrams, print messages at the distances at which they were sent, the fastest held for so long: "
                + "60ms, at most 10s; auto: as long as 95 of a hundred lately needed, at most 500ms.",
            valueName: "delay"
        )
    )
    var delay: SmoothDelay?

    @Option(
        name: .customLong("every"),
        help: ArgumentHelp(
            "With --smooth and --number: the time from one number to the next, 1us to 10s.",
            valueName: "duration"
        )
    )
    var period: Span?

    @Option(
        name: .customLong("time"),
        help: ArgumentHelp(
            "With --smooth: the field that says when a message was sent, and in which unit, s, ms, us, ns or so many a "
                + "second: at:ms, stamp:90000/s; may be repeated for kinds of messages.",
            valueName: "field:unit"
        )
    )
    var times: [String] = []

    @Flag(help: "With --smooth: print what comes after its time too, marked as late, instead of dropping it.")
    var playLate = false

    func validate() throws {
        guard delay != nil else {
            let given = [("--every", period != nil), ("--time", !times.isEmpty), ("--play-late", playLate)]
            guard let option = given.first(where: \.1)?.0 else { return }
            throw ValidationError("\(option) goes with --smooth: add --smooth 60ms, or --smooth auto.")
        }
        if period != nil, !times.isEmpty {
            throw ValidationError(
                "--every and --time both say when messages were sent: give --time where they carry it themselves."
            )
        }
        if let period, !Self.periods.contains(period.duration) {
            throw ValidationError("--every \(period.duration.spelled): numbers are 1us to 10s apart.")
        }
    }

    /// - Throws: what is missing for messages to say when they were sent.
    func mustBeTimed(by numbers: NumberOptions) throws {
        guard delay != nil, times.isEmpty else { return }
        let stamp = "--time FIELD:ms where a field holds the time, as parley send FIELD={time:ms} fills it"
        switch (numbers.fields.isEmpty, period) {
        case (false, .some): return
        case (false, nil):
            throw ValidationError(
                "--smooth: numbers alone do not say when messages were sent. Add --every 20ms if they are sent so far "
                    + "apart, or \(stamp)."
            )
        case (true, .some):
            throw ValidationError(
                "--every is the time between two numbers: name their field, --number FIELD."
            )
        case (true, nil):
            throw ValidationError(
                "--smooth: nothing says when messages were sent. Add --number FIELD --every 20ms where they are "
                    + "numbered and sent so far apart, or \(stamp)."
            )
        }
    }

    /// Nil where nothing is to be smoothed.
    ///
    /// - Parameter number: the field of `--number`, if one was named.
    func smoothing(_ number: NumberField?, in form: Form, bytesMax: Int) throws(Ending) -> Smoothing? {
        guard let delay else { return nil }
        let source: Smoothing.Source
        if times.isEmpty {
            guard let number, let period else { return nil }
            source = .numbers(number, every: period.duration)
        } else {
            source = .times(try TimeField(times, in: form), number)
        }
        return Smoothing(source: source, delay: delay.delay, playsLate: playLate, bytesMax: bytesMax)
    }

    private static var periods: ClosedRange<Duration> { .microseconds(1) ... .seconds(10) }
}

/// `60ms`, or `auto`.
struct SmoothDelay: ExpressibleByArgument, Sendable, Hashable {
    let delay: PlayoutDelay

    init?(argument: String) {
        if argument == "auto" {
            delay = .adaptive()
            return
        }
        guard let span = Span(argument: argument), span.duration <= .seconds(10) else { return nil }
        delay = .fixed(span.duration)
    }
}
