import ArgumentParser

/// `parley ports --matrix`.
struct MatrixOptions: ParsableArguments {
    @Flag(help: "Try who may share a port with whom on this kernel, and compare with the rules.")
    var matrix = false

    @Option(
        help: ArgumentHelp(
            "With --matrix: these cases alone; a case's name or the beginning of its path.",
            valueName: "case"
        )
    )
    var only: [String] = []

    @Flag(help: "With --matrix: also a whole TIME_WAIT, 60 seconds.")
    var slow = false

    @Flag(help: "With --matrix: write docs/port-reuse.md, from the rules alone.")
    var markdown = false

    @Flag(name: .customLong("in-own-network"), help: .hidden)
    var inOwnNetwork = false

    func check() throws {
        guard !matrix else { return }
        if !only.isEmpty { throw ValidationError("--only chooses among the cases of --matrix.") }
        if slow { throw ValidationError("--slow belongs to --matrix.") }
        if markdown { throw ValidationError("--markdown belongs to --matrix.") }
    }
}
