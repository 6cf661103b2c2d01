import ParleyText
import ParleyWire

/// A message's bytes as `encode` and `decode` show them.
struct BytesView {
    let form: Form
    let console: Console
    var shape = Shape.table

    enum Shape { case table, hex, raw }

    func show(_ parcel: Parcel, isFirst: Bool) throws(Ending) {
        switch (shape, parcel.content) {
        case (.hex, _):
            try console.write(HexDump.plain(parcel.bytes) + "\n")
        case (.raw, _):
            try console.write(parcel.bytes)
        case (.table, .misfit(let error)):
            throw Ending(error)
        case (.table, .fit(.message(let message))):
            let bytes = AnnotatedBytes(message, form.policy)
            if console.isJSON { return try console.write("\(bytes.json)\n") }
            try console.write((isFirst ? "" : "\n") + bytes.table(columns: console.columns))
            for remark in message.remarks { console.remark("\(remark)") }
        case (.table, .fit(let content)):
            let view = MessageView(form: .hex, console: console, showsPeer: false)
            try console.write(view.render(Self.bytes(content, parcel), parcel.bytes, from: "", at: .now))
        }
    }

    private static func bytes(_ content: JSONLine.Content, _ parcel: Parcel) -> JSONLine.Content {
        .bytes(parcel.bytes)
    }
}
