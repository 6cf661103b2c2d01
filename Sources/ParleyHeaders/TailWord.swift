/// A tail as it is named: `text`; `text[n]` where the field `n` says how many elements there are; `text[]` where none
/// does, whatever the header says; `say.text[n]` of the struct `say` alone.
struct TailWord: Equatable {
    /// Nil where every struct that ends in a field of that name is meant.
    var structure: String?
    var name: String
    var count: String?
    var isUncounted = false

    init(_ text: String) {
        name = text
        if text.hasSuffix("]"), let open = text.firstIndex(of: "[") {
            name = String(text[..<open])
            let inside = text[text.index(after: open)...].dropLast()
            if inside.isEmpty { isUncounted = true } else { count = String(inside) }
        }
        guard let dot = name.lastIndex(of: ".") else { return }
        structure = String(name[..<dot])
        name = String(name[name.index(after: dot)...])
    }
}
