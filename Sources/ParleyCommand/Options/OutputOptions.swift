import ArgumentParser

/// How much is said, and how.
struct OutputOptions: ParsableArguments {
    @Flag(help: "One JSON object a line; errors and notes too, on standard error.")
    var json = false

    @Flag(name: [.short, .long], help: "Say nothing but errors on standard error.")
    var quiet = false

    @Flag(name: [.short, .long], help: "Say more on standard error; may be repeated.")
    var verbose: Int

    @Option(
        help: ArgumentHelp(
            "Colour: auto, always or never. NO_COLOR and FORCE_COLOR count too.",
            valueName: "when"
        )
    )
    var color = ColorChoice.auto

    /// The console of a command that others wait for: it never waits for who reads standard error.
    var console: Console { console(waitsForReaders: false) }

    /// The console of a command that ends by itself: every word of it is read or waited for.
    var patientConsole: Console { console(waitsForReaders: true) }

    private func console(waitsForReaders: Bool) -> Console {
        let console = Console(
            isJSON: json,
            verbosity: quiet ? -1 : verbose,
            color: color,
            waitsForReaders: waitsForReaders
        )
        LogOutput.install(console)
        return console
    }
}
