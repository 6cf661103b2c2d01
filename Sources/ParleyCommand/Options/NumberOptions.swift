import ArgumentParser

/// Which field numbers the messages.
struct NumberOptions: ParsableArguments {
    @Option(
        name: .customLong("number"),
        help: ArgumentHelp(
            "The field that numbers messages, such as seq or header.seq; may be repeated for kinds of messages: "
                + "hello.seq.",
            valueName: "field"
        )
    )
    var fields: [String] = []

    /// As typed: `--number seq`.
    var words: String { fields.map { "--number \($0)" }.joined(separator: " ") }

    /// Nil where none was named.
    func field(in form: Form) throws(Ending) -> NumberField? {
        fields.isEmpty ? nil : try NumberField(fields, in: form)
    }
}
