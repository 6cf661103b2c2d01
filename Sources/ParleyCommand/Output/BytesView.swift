import ParleyText
import ParleyWire

/// A message's bytes as `encode` and `decode` show them: a table of the fields, with `--json` an object.
struct BytesView {
    let form: Form
    let console: Console

    /// What is printed for a message.
    func render(_ parcel: Parcel, isFirst: Bool) throws(Ending) -> [UInt8] {
        switch parcel.content {
        case .misfit(let error):
            throw Ending(error)
        case .fit(.message(let message)):
            if console.isJSON {
                let annotated = AnnotatedBytes(message, form.policy, bytes: parcel.bytes)
                return Array("\(annotated.json)\n".utf8)
            }
            return Array(table(message, parcel.bytes, isFirst: isFirst).utf8)
        case .fit:
            let view = MessageView(form: .hex, console: console, showsPeer: false)
            return view.render(.bytes(parcel.bytes), parcel.bytes, from: "", at: .now)
        }
    }

    /// The table of a message; every one but the first has an empty line in front.
    func table(_ message: DynamicMessage, _ bytes: [UInt8], isFirst: Bool) -> String {
        let annotated = AnnotatedBytes(message, form.policy, bytes: bytes)
        return (isFirst ? "" : "\n") + annotated.table(columns: console.tableColumns)
    }
}
