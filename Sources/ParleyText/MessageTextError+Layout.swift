import ParleyWire

extension MessageTextError {
    /// The error with the fields of the struct that it is in; what other structs of the layout have helps nobody.
    init(_ error: WireError, in layout: MessageLayout) {
        var around = layout
        for name in error.field.split(separator: ".").dropLast() {
            guard case .message(let inner)? = around.type(of: String(name)) else { break }
            around = inner
        }
        if case .unknownField = error.reason, around.field(error.field) == nil {
            // Which of several messages was meant is the first thing to say.
            let kinds = (around.variants?.cases ?? []).filter { $0.layout.field(error.field) != nil }
            if !kinds.isEmpty {
                let known = kinds.map { "\($0.name).\(error.field)" }
                self = .field(
                    WireError(.unknownField(known: known), field: error.field),
                    fields: around.names
                )
                return
            }
        }
        self = .field(error, fields: around.names)
    }
}

extension MessageLayout {
    /// Its fields with types and limits; of several messages their names.
    fileprivate var names: String {
        guard let variants, fields.isEmpty else { return summary }
        return "one of " + variants.cases.map(\.name).joined(separator: ", ")
    }
}
