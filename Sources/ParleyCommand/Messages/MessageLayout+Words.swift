import ParleyText
import ParleyWire

extension MessageLayout {
    /// Its name, or those of the messages that it may be: `hello or data`.
    var title: String {
        guard let variants, fields.isEmpty else { return name }
        let names = variants.cases.map(\.name)
        guard names.count <= Self.kindsShown else {
            return names.prefix(Self.kindsShown - 1).joined(separator: ", ") + " and others"
        }
        return names.joined(separator: " or ")
    }

    private static let kindsShown = 4

    /// `21 bytes`; `9 bytes and text[n]` where the field n counts the tail, `8 bytes and text[]` where none does;
    /// of several messages the size of each, `3 bytes or 2 bytes and text[n]`.
    var sizeText: String {
        if let variants, fields.isEmpty, case .inside = variants.placement {
            var sizes: [String] = []
            for size in variants.cases.map(\.layout.sizeText) where !sizes.contains(size) {
                sizes.append(size)
            }
            if sizes.count <= Self.kindsShown { return sizes.joined(separator: " or ") }
            return "\(plural(variants.cases.map(\.layout.sizeMinimum).min() ?? 0, "byte")) at least"
        }
        guard !isFixedSize else { return plural(sizeMinimum, "byte") }
        guard let tail = openEnd else { return "\(plural(sizeMinimum, "byte")) at least" }
        return "\(plural(sizeMinimum, "byte")) and \(tail)"
    }

    /// The tail as it is spelled, with its count: `text[n]`, `body.text[]`.
    private var openEnd: String? {
        guard variants == nil, let last = fields.last else { return nil }
        switch last.type {
        case .tail(let tail): return "\(last.name)[\(tail.count?.field ?? "")]"
        case .message(let inner): return inner.openEnd.map { "\(last.name).\($0)" }
        default: return nil
        }
    }

    /// Of several messages those whose bytes do not say where they end on a stream, otherwise this one; none where
    /// all do.
    var endless: [MessageLayout] {
        let kinds = fields.isEmpty ? variants?.cases.map(\.layout) ?? [self] : [self]
        return kinds.filter { !Framing.following($0, refusingUnknownTags: true).isBackToBack }
    }

    /// Whether all its bytes are text: nothing that ends a text would be a part of a number.
    var isText: Bool {
        variants == nil
            && fields.allSatisfy { field in
                switch field.type {
                case .text: true
                case .tail(let tail): tail.element == .text
                default: false
                }
            }
    }
}
