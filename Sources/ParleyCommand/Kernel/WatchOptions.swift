import ArgumentParser

/// How `--watch` goes on and ends.
struct WatchOptions: ParsableArguments {
    @Flag(help: "Show what changes, until a signal, --count or --timeout ends it.")
    var watch = false

    @Option(help: ArgumentHelp("How often --watch looks: 50ms, 1s.", valueName: "duration"))
    var every: Span?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("End --watch after so many changes.", valueName: "count")
    )
    var count: Int?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("End --watch after so long: 30s, 1m.", valueName: "duration")
    )
    var timeout: Span?

    func check() throws {
        if !watch, every != nil || count != nil || timeout != nil {
            throw ValidationError("--every, --count and --timeout belong to --watch.")
        }
        if let count, count < 1 { throw ValidationError("--count must be 1 or more.") }
        if let every, every.duration < .milliseconds(1) {
            throw ValidationError("--every must be 1ms or more.")
        }
    }
}
