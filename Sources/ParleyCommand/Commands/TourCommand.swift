import ArgumentParser
import ParleyTypes

struct TourCommand: ParsableCommand {
    static let examples = [
        "parley tour",
        "parley tour byte-order port --no-pause",
        "parley tour --language zh",
    ]

    static let configuration = CommandConfiguration(
        commandName: "tour",
        abstract: "Show what parley is for, in a few seconds.",
        discussion: manual(
            """
            Each step prints the commands to copy, runs them on loopback, and prints what they say: a struct of a C \
            header sent and received, a sender that forgot htonl, messages on a stream, a port that is taken and by \
            whom, a layout on two machines. No file is written and nothing is left running. At a terminal it waits \
            for a key between steps; q leaves.

            Steps: \(TourStep.all.map(\.name).joined(separator: ", ")).
            """,
            examples: examples,
            statuses: [.done, .failed, .usage]
        )
    )

    @Argument(
        help: ArgumentHelp("The steps to take; without one all of them.", valueName: "steps"),
        completion: .list(TourStep.all.map(\.name))
    )
    var names: [String] = []

    @Flag(name: .customLong("no-pause"), help: "Wait for no key between steps.")
    var runsThrough = false

    @Option(
        help: ArgumentHelp(
            "The language of the tour's own sentences: en or zh; else as LC_ALL, LC_MESSAGES or LANG says.",
            valueName: "language"
        )
    )
    var language: TourLanguage?

    @Option(
        help: ArgumentHelp(
            "Colour: auto, always or never. NO_COLOR and FORCE_COLOR count too.",
            valueName: "when"
        )
    )
    var color = ColorChoice.auto

    func run() throws {
        let steps = try chosen()
        var run = TourRun(
            steps,
            in: language ?? .ofEnvironment,
            pause: runsThrough ? nil : KeyPause(),
            console: Console(color: color, waitsForReaders: true)
        )
        try run.run()
    }

    private func chosen() throws(Ending) -> [TourStep] {
        guard !names.isEmpty else { return TourStep.all }
        var steps: [TourStep] = []
        for name in names {
            guard let step = TourStep.all.first(where: { $0.name == name }) else {
                throw Ending(
                    .usage,
                    "the tour has no step '\(SafeText.line(name))'",
                    remedy: "Its steps are \(TourStep.all.map(\.name).joined(separator: ", "))."
                )
            }
            if !steps.contains(where: { $0.name == name }) { steps.append(step) }
        }
        return steps
    }
}

extension TourCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.names } }
