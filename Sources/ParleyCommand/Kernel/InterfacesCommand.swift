import ArgumentParser
import ParleyHeaders
import ParleyKernel
import ParleySockets
import ParleyText
import ParleyTypes

struct InterfacesCommand: AsyncParsableCommand {
    static let examples = [
        "parley interfaces",
        "parley interfaces lo",
        "parley interfaces lo --json",
    ]

    static let configuration = CommandConfiguration(
        commandName: "interfaces",
        abstract: "Show this host's interfaces: addresses, groups and by how many, losses.",
        discussion: manual(
            """
            Of each interface: flags, MTU, addresses with their networks and broadcast addresses, what came \
            and went and \
            what was lost, and the groups that it takes in, with the number of sockets that joined each and \
            the senders \
            they named. Below stand remarks, each with a remedy: why a group may be silent here, and why \
            packets were lost. \
            It takes no right. One interface is named by its name, another of its names, or its index.
            """,
            examples: examples,
            statuses: [.done, .failed, .usage]
        )
    )

    @Argument(help: ArgumentHelp("The only interface to show; without it all of them.", valueName: "name"))
    var name: String?

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let console = output.patientConsole
        let table = try InterfaceTable.read()
        if !table.isConsistent {
            console.remark("interfaces came and went while they were listed: some may be missing or double")
        }
        if !table.knowsGroups {
            console.remark("groups, and settings that get in their way, are not known: /proc is not mounted")
        }
        var records = table.records
        if let name {
            guard let record = table[name] else {
                let names = records.map { SafeText.line($0.name) }
                let near = Nearest.question(for: name, among: names).map { "\($0) " } ?? ""
                let list =
                    names.count <= 16
                    ? "There are \(Phrase.list(names))."
                    : "`parley interfaces` "
                        + "lists them."
                throw Ending(
                    .usage,
                    "this host has no interface \(SafeText.line(name))",
                    remedy: near + list
                )
            }
            records = [record]
        }
        let settings = InterfaceSettings.read(InterfaceTable(records))
        for (index, (record, settings)) in zip(records, settings).enumerated() {
            let routeName = table[index: settings.groupInterface]?.name
            let view = InterfaceView(record, record.remarks(settings, routeName: routeName), table)
            if console.isJSON {
                try console.write("\(view.json)\n")
            } else {
                let lines = view.lines(columns: console.columns)
                try console.write((index > 0 ? "\n" : "") + console.style.paint(lines))
            }
        }
    }
}
