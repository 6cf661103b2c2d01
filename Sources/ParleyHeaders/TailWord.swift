/// A tail as it is named: `text`; `text[n]` where the field `n` says how many elements there are; `text[]` where none
/// does, whatever the header says.
struct TailWord {
    var name: String
    var count: String?
    var isUncounted = false

    init(_ text: String) {
        name = text
        guard text.hasSuffix("]"), let open = text.firstIndex(of: "[") else { return }
        name = String(text[..<open])
        let inside = text[text.index(after: open)...].dropLast()
        if inside.isEmpty { isUncounted = true } else { count = String(inside) }
    }
}
