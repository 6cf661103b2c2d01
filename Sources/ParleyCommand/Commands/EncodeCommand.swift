import ArgumentParser
import ParleyText
import ParleyWire

struct EncodeCommand: AsyncParsableCommand {
    static let examples = [
        "parley encode --as proto.h:msg_st name=Trans math=0x30313233 chinese=1",
        "parley encode --as 'id:u16 text:text' id=7 text=hello --hex",
        """
        parley encode --as proto.h:msg_st name=Li math=99 chinese=77 --raw \\
            | parley decode --as proto.h:msg_st --raw
        """,
    ]

    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Show the bytes of a message, each with the field it belongs to.",
        discussion: manual(
            """
            A table of the fields with their bytes in network order, as they travel, and in host order, as \
            this machine's memory holds them. Values are written as for send; without values, objects of \
            JSON are read from standard input, one a line. Nothing is sent.
            """,
            examples: examples,
            statuses: [.done, .failed, .doesNotFit, .usage]
        )
    )

    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @Argument(help: ArgumentHelp("field=value …, - for standard input, or @file.", valueName: "values"))
    var values: [String] = []
    @Flag(help: "Print the bytes as hexadecimal digits, one message a line.")
    var hex = false
    @Flag(help: "Write the bytes themselves.")
    var raw = false
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if layout.layout == nil {
            throw ValidationError("Name a layout: --as proto.h:struct_name or --as 'id:u16'.")
        }
        if hex && raw || hex && output.json || raw && output.json {
            throw ValidationError("--hex, --raw and --json exclude each other.")
        }
    }

    func run() async throws {
        let console = output.console
        let form = try layout.form(console, verb: "writing")
        var source = try MessageSource(values, form: form, isStream: false)
        let view = BytesView(form: form, console: console, shape: hex ? .hex : raw ? .raw : .table)
        var isFirst = true
        while let parcel = try await source.next() {
            try view.show(parcel, isFirst: isFirst)
            isFirst = false
        }
        if let ending = Stop.shared.ending { throw ending }
    }
}
