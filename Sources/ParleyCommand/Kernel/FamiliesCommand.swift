import ArgumentParser
import ParleySockets
import ParleyText
import ParleyTypes

struct FamiliesCommand: AsyncParsableCommand {
    static let examples = [
        "parley families",
        "parley families unix sctp",
        "parley families inet6 raw --json",
    ]

    static let configuration = CommandConfiguration(
        commandName: "families",
        abstract: "Ask the kernel which sockets it makes: families, types and protocols.",
        discussion: manual(
            """
            Each of them is made by socket(2) and closed again, so the answer is this kernel's and this \
            user's. It works; \
            or the kernel has it and this process lacks a right, which is named; or it is absent, and the \
            option of the \
            kernel's configuration that brings it is named, or the release that Linux lost it in. Without \
            names a table; \
            names of families and protocols choose, those of types narrow the choice. The kernel may load modules for \
            what it is asked for.
            """,
            examples: examples,
            statuses: [.done, .failed, .usage]
        )
    )

    @Argument(
        help: ArgumentHelp(
            "Families, types and protocols: AF_INET6 or inet6, SOCK_RAW or raw, IPPROTO_SCTP or sctp.",
            valueName: "name"
        )
    )
    var names: [String] = []

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let console = output.patientConsole
        let choice = try FamilyChoice(names)
        var answers: [FamilyAnswer] = []
        for shape in SocketSupport.known where choice.contains(shape) {
            answers.append(FamilyAnswer(shape, try SocketSupport.probe(shape)))
        }
        if console.isJSON {
            for answer in answers { try console.write("\(answer.json)\n") }
        } else if names.isEmpty {
            try console.write(console.style.paint(FamilyMatrix(answers).lines))
        } else {
            try console.write(console.style.paint(FamilyMatrix(answers).details))
        }
    }
}
