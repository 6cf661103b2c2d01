import ArgumentParser
import ParleyHeaders
import ParleyText
import ParleyWire

struct LayoutCommand: AsyncParsableCommand {
    static let examples = [
        "parley layout proto.h:msg_st --abi x86-64,avr,m68k",
        "parley layout proto.h:msg_st --emit lua --port 8089",
        "parley layout proto.h --diff old.h",
    ]

    static let configuration = CommandConfiguration(
        commandName: "layout",
        abstract: "Draw where compilers put the fields of a struct, and what other machines would misread.",
        discussion: manual(
            """
            One lane of bytes for each layout: as written and packed, on each machine of --abi; machines that \
            agree share a lane. Below it the fields with offset, size and alignment, the holes, what a memcpy \
            from the first machine to the others breaks (with one machine: to the wire, packed and in network \
            order), and how much fits into a tail under each datagram limit. --diff compares with an older \
            header: what changed on the wire, and whom it breaks. A layout may also be spelled, \
            'id:u16 text:text'. --emit writes it as C, Swift, a Wireshark dissector or Kaitai Struct to \
            standard output; what the target cannot say is refused with the reason.
            """,
            examples: examples,
            statuses: [.done, .failed, .doesNotFit, .usage]
        )
    )

    @Argument(
        help: ArgumentHelp(
            "FILE.h:STRUCT, FILE.h with its only struct, or a layout such as 'name:char[13] math:u32'.",
            valueName: "layout"
        ),
        completion: .file(extensions: ["h"])
    )
    var layout: String

    @Option(
        help: ArgumentHelp(
            "The machines, by commas; all of them: all.",
            discussion: "Known are \(ABI.all.map(\.name).joined(separator: ", ")). Without it x86-64.",
            valueName: "abi,…"
        )
    )
    var abi: String?

    @Flag(help: "Every struct of the header.")
    var all = false

    @Option(
        help: ArgumentHelp("Draw a picture into this file; - is standard output.", valueName: "file"),
        completion: .file(extensions: ["svg"])
    )
    var svg: String?

    @Option(
        help: ArgumentHelp("Tell what changed on the wire since this older header.", valueName: "old.h"),
        completion: .file(extensions: ["h"])
    )
    var diff: String?

    @Option(
        help: ArgumentHelp(
            "The last field, an array, has as many elements as fit; x[n]: as many as the field n says. May be repeated "
                + "for several structs: STRUCT.x[n] is the tail of that one.",
            valueName: "field"
        )
    )
    var tail: [String] = []

    @Option(
        name: [.customShort("I"), .customLong("include")],
        help: ArgumentHelp("A folder to look for included headers in; may be repeated.", valueName: "folder"),
        completion: .directory
    )
    var includeFolders: [String] = []

    @OptionGroup(title: "Other languages") var emission: EmitOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if svg != nil, output.json { throw ValidationError("--svg and --json exclude each other.") }
        if emission.emit != nil, svg != nil || diff != nil || all || output.json {
            throw ValidationError("--emit writes one message: leave out --all, --diff, --svg and --json.")
        }
        if svg != nil, diff != nil { throw ValidationError("--svg and --diff exclude each other.") }
    }

    func run() async throws {
        let console = output.patientConsole
        if let target = emission.emit {
            let text = try emission.text(
                as: target,
                of: layout,
                abi: abi,
                tails: tail,
                includeFolders: includeFolders,
                console
            )
            return try console.write(text)
        }
        let reader = StudyReader(abis: abi, tails: tail, includeFolders: includeFolders, takesAll: all)
        if let diff {
            try compare(reader, diff, console)
        } else {
            let found = try reader.drawings(of: layout, columns: console.columns, console)
            try draw(found.drawings, console)
            if !found.lost.isEmpty {
                let names = found.lost.prefix(5).joined(separator: ", ") + (found.lost.count > 5 ? " …" : "")
                throw Ending(
                    .failed,
                    "\(found.lost.count) of \(found.lost.count + found.drawings.count) structs could not be laid "
                        + "out: \(names)",
                    remedy: "The remarks above say why."
                )
            }
        }
        if let ending = Stop.shared.ending { throw ending }
    }

    private func draw(_ drawings: [StructureDrawing], _ console: Console) throws(Ending) {
        if let svg {
            let picture = StructurePicture(drawings.map(\.comparison)).svg
            if svg == "-" { return try console.write(picture) }
            try Files.write(svg, Array(picture.utf8))
            return console.note("drew \(svg)")
        }
        for (index, drawing) in drawings.enumerated() {
            if console.isJSON {
                try console.write("\(drawing.json)\n")
            } else {
                try console.write((index > 0 ? "\n" : "") + console.style.paint(drawing.lines))
            }
        }
    }

    private func compare(_ reader: StudyReader, _ old: String, _ console: Console) throws(Ending) {
        let (difference, files) = try reader.difference(of: layout, since: old, console)
        for (index, change) in difference.structs.enumerated() {
            // They belong to the header: programs find them with each struct, people once.
            let isLast = index == difference.structs.count - 1
            let drawing = DifferenceDrawing(
                change,
                oldFile: files.old,
                newFile: files.new,
                constants: console.isJSON || isLast ? difference.constants : [],
                columns: console.columns
            )
            if console.isJSON {
                try console.write("\(drawing.json)\n")
            } else {
                try console.write((index > 0 ? "\n" : "") + console.style.paint(drawing.lines))
            }
        }
        // A header without structs has nothing that they could stand below.
        if difference.structs.isEmpty { for change in difference.constants { console.remark("\(change)") } }
        guard difference.isSameOnTheWire else {
            throw Ending.silent(.doesNotFit)
        }
    }
}
