import ParleyText
import ParleyTypes
import ParleyWire

/// What to know of the borders of messages on a stream before it is too late: a length that nobody asked for, and
/// borders that a struct's own bytes may look like.
struct BorderRemarks {
    let framing: FramingName?
    let forms: [Form]

    func tell(_ console: Console) {
        var layouts: [MessageLayout] = []
        for case .layout(let compiled, _) in forms { layouts.append(compiled.layout) }
        if framing == nil, let note = Self.lengthInFront(of: layouts) { console.note(note) }
        for remark in layouts.compactMap(remark) { console.remark(remark) }
        if case .terminator(let text)? = framing, let remark = TerminatorWords.remark(on: text) {
            console.remark(remark)
        }
    }

    /// What is said where layouts cannot say their own end; nil where they can.
    static func lengthInFront(of layouts: [MessageLayout]) -> String? {
        let endless = layouts.flatMap(\.endless)
        guard !endless.isEmpty else { return nil }
        return
            "\(names(endless)) where \(endless.count == 1 ? "it ends" : "they end"): so on a stream a length stands in "
            + "front of each message, 4 bytes in network order that do not count themselves (--framing length). "
            + remedy(endless)
    }

    /// `say does not say`, `say and data do not say`
    static func names(_ endless: [MessageLayout]) -> String {
        let names = SafeText.line(
            endless.map { $0.name == "message" ? "the layout" : $0.name }.joined(separator: " and ")
        )
        return endless.count == 1 ? "\(names) does not say" : "\(names) do not say"
    }

    private static func remedy(_ endless: [MessageLayout]) -> String {
        guard let tail = endless.lazy.compactMap(\.tail).first else { return "--framing says otherwise" }
        let name = SafeText.line(tail.name)
        return
            "If a field counts \(name), name it: \(name)[FIELD], of a header --tail '\(name)[FIELD]'; --framing says "
            + "otherwise"
    }

    private func remark(on layout: MessageLayout) -> String? {
        let name = SafeText.line(layout.title)
        let isOne = layout.variants == nil || !layout.fields.isEmpty
        let says = isOne ? "\(name) says itself where it ends" : "\(name) say themselves where they end"
        let otherwise =
            layout.endless.isEmpty ? "leave --framing out, \(says)" : "--framing length keeps them apart"
        switch framing {
        case .plain(.lines)? where !layout.isText:
            return
                "--framing lines ends a message at each byte 0a, which the numbers of \(name) may hold: \(otherwise)"
        case .terminator? where !layout.isText:
            return
                "--framing terminator ends a message wherever these bytes come, which the numbers of \(name) may hold: "
                + otherwise
        case .plain(.chunks)?:
            return
                "--framing chunks takes for one message whatever has come, be it two of \(name) or half of one: "
                + otherwise
        default: return nil
        }
    }
}
