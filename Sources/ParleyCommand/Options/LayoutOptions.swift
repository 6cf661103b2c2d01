import ArgumentParser
import ParleyHeaders
import ParleyText
import ParleyTypes
import ParleyWire

/// What the messages are.
struct LayoutOptions: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "What a message is: FILE.h:STRUCT, a layout such as 'name:char[13] math:u32', "
                + "or text, lines, hex, raw, json.",
            discussion:
                "Several structs that a field tells apart: 'FILE.h:kind{1=hello,2=data}'. "
                + "Without --as a message is shown as text where it is printable, otherwise in hexadecimal.",
            valueName: "layout"
        ),
        completion: .file(extensions: ["h"])
    )
    var layout: String?

    @Option(
        help: ArgumentHelp(
            "The order of a number's bytes: network (the default), little, or host.",
            valueName: "order"
        )
    )
    var byteOrder: ByteOrderName?

    @Option(
        help: ArgumentHelp(
            "The machine whose C compiler laid out the header's structs: x86-64 (the default) or another.",
            discussion: "Known are \(ABI.all.map(\.name).joined(separator: ", ")).",
            valueName: "abi"
        )
    )
    var abi: String?

    @Option(
        help: ArgumentHelp(
            "The last field, an array, has as many elements as fit; x[n]: as many as the field n says. May be repeated "
                + "for several structs: STRUCT.x[n] is the tail of that one.",
            valueName: "field"
        )
    )
    var tail: [String] = []

    @Option(
        name: .customLong("text"),
        help: ArgumentHelp("Show this field as text; may be repeated.", valueName: "field")
    )
    var textFields: [String] = []

    @Option(
        name: .customLong("bytes"),
        help: ArgumentHelp("Show this field as bytes; may be repeated.", valueName: "field")
    )
    var bytesFields: [String] = []

    @Option(
        name: [.customShort("I"), .customLong("include")],
        help: ArgumentHelp("A folder to look for included headers in; may be repeated.", valueName: "folder"),
        completion: .directory
    )
    var includeFolders: [String] = []

    /// The form, with the assumptions told once.
    func form(_ console: Console, verb: String) throws(Ending) -> Form {
        try forms(nil, console, verb: verb, answering: "").question
    }

    /// What questions are, and what answers are, if somebody said that they are something else. The tails may be of
    /// either; the marks for text belong to the question.
    func forms(
        _ replyAs: String?,
        _ console: Console,
        verb: String,
        answering: String
    ) throws(Ending) -> (question: Form, answer: Form?) {
        var reader = FormReader(
            spelling: layout,
            byteOrder: byteOrder?.order,
            abi: abi,
            tails: tail,
            textFields: textFields,
            bytesFields: bytesFields,
            includeFolders: includeFolders
        )
        let hasOtherHeader = replyAs.map { FormReader.headerAndStruct($0) != nil } ?? false
        // A spelled layout refuses tails, unless they may be the other's.
        if hasOtherHeader, layout.map({ FormReader.headerAndStruct($0) == nil }) ?? true { reader.tails = [] }
        var results = [try reader.read()]
        if let replyAs {
            reader.spelling = replyAs
            reader.tails = hasOtherHeader ? tail : []
            reader.textFields = []
            reader.bytesFields = []
            results.append(try reader.read())
        }
        try FormReader.requireUse(of: tail, in: results)
        tell(results[0], console, verb)
        if results.count > 1 { tell(results[1], console, answering) }
        return (results[0].form, results.count > 1 ? results[1].form : nil)
    }

    private func tell(_ result: FormReader.Result, _ console: Console, _ verb: String) {
        for remark in result.remarks { console.remark(remark) }
        let typed = SafeText.line(result.typed.spelled)
        if let byteOrder, !result.typed.isEmpty {
            console.remark(
                "--byte-order \(byteOrder.rawValue) leaves alone what types say themselves: \(typed)"
            )
        } else if let layout = result.layout, layout.hasByteOrder, byteOrder == nil {
            let message = "\(verb) \(SafeText.line(layout.title))"
            let size = SafeText.line(layout.sizeText)
            if result.typed.isEmpty {
                console.note(
                    "\(message) in network byte order, \(size); --byte-order little if the peer swaps nothing"
                )
            } else if result.typed.hasOthers {
                console.note(
                    "\(message) in network byte order, \(size), but for what types say themselves: "
                        + "\(typed); --byte-order little, for the others, if the peer swaps nothing"
                )
            } else {
                console.note("\(message), \(size), in the byte order that its types say: \(typed)")
            }
        }
    }
}

/// `--byte-order`.
enum ByteOrderName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case network, big, little, host

    var order: ByteOrder {
        switch self {
        case .network, .big: .big
        case .little: .little
        case .host: AnnotatedBytes.thisHost
        }
    }
}
