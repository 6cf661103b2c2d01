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
            "The last field, an array, has as many elements as fit; x[n]: as many as the field n says.",
            valueName: "field"
        )
    )
    var tail: String?

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

    /// What answers are, if somebody said that they are not what questions are. The tail and the marks for text
    /// belong to the question.
    func answerForm(_ spelling: String?, _ console: Console, verb: String) throws(Ending) -> Form? {
        guard let spelling else { return nil }
        var other = self
        other.layout = spelling
        other.tail = nil
        other.textFields = []
        other.bytesFields = []
        return try other.form(console, verb: verb)
    }

    /// The form, with the assumptions told once.
    func form(_ console: Console, verb: String) throws(Ending) -> Form {
        let reader = FormReader(
            spelling: layout,
            byteOrder: byteOrder?.order,
            abi: abi,
            tail: tail,
            textFields: textFields,
            bytesFields: bytesFields,
            includeFolders: includeFolders
        )
        let result = try reader.read()
        for remark in result.remarks { console.remark(remark) }
        let typed = SafeText.line(result.typed.spelled)
        if let byteOrder, !result.typed.isEmpty {
            console.remark(
                "--byte-order \(byteOrder.rawValue) leaves alone what types say themselves: \(typed)"
            )
        } else if let layout = result.layout, layout.hasByteOrder, byteOrder == nil {
            let message = "\(verb) \(SafeText.line(layout.title))"
            if result.typed.isEmpty {
                console.note(
                    "\(message) in network byte order, \(layout.sizeText); --byte-order little if the peer "
                        + "swaps nothing"
                )
            } else if result.typed.hasOthers {
                console.note(
                    "\(message) in network byte order, \(layout.sizeText), but for what types say themselves: "
                        + "\(typed); --byte-order little, for the others, if the peer swaps nothing"
                )
            } else {
                console.note("\(message), \(layout.sizeText), in the byte order that its types say: \(typed)")
            }
        }
        return result.form
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

extension MessageLayout {
    /// Its name, or those of the messages that it may be: `hello or data`.
    var title: String {
        guard let variants, fields.isEmpty else { return name }
        let names = variants.cases.map(\.name)
        guard names.count <= 4 else { return names.prefix(3).joined(separator: ", ") + " and others" }
        return names.joined(separator: " or ")
    }

    /// `21 bytes`, `8 bytes and a tail`, `2 to 40 bytes`.
    var sizeText: String {
        if isFixedSize { return plural(sizeMinimum, "byte") }
        guard let maximum = sizeMaximum else {
            return sizeMinimum == 1 ? "1 byte or more" : "\(sizeMinimum) bytes or more"
        }
        return "\(sizeMinimum) to \(maximum) bytes"
    }
}
