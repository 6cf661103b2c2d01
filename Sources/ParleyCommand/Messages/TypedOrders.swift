import ParleyHeaders
import ParleyWire

/// The numbers of a layout whose types say their byte order, as `__be32` does: they are the same whichever
/// order the header is read in.
struct TypedOrders {
    /// Their paths, in order.
    private(set) var big: [String] = []
    private(set) var little: [String] = []
    /// Whether there are numbers that follow `--byte-order`.
    private(set) var hasOthers = false

    init() {}

    /// Compares the layouts that one struct has in the two orders.
    init(_ layout: MessageLayout, _ turned: MessageLayout) {
        add(layout, turned, prefix: "")
    }

    var isEmpty: Bool { big.isEmpty && little.isEmpty }

    /// `sport and dport big-endian, len little-endian`.
    var spelled: String {
        [(big, "big"), (little, "little")].filter { !$0.0.isEmpty }.map { names, order in
            let shown = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " and others" : "")
            return "\(shown) \(order)-endian"
        }.joined(separator: ", ")
    }

    private mutating func add(_ one: MessageLayout, _ other: MessageLayout, prefix: String) {
        for (field, turned) in zip(one.fields, other.fields) {
            add(field.type, turned.type, prefix + field.name)
        }
        guard let variants = one.variants, let others = other.variants else { return }
        for (item, turned) in zip(variants.cases, others.cases) {
            add(item.layout, turned.layout, prefix: prefix + item.name + ".")
        }
    }

    private mutating func add(_ one: FieldType, _ other: FieldType, _ path: String) {
        switch (one, other) {
        case (.integer(let number), .integer(let turned)):
            note(path, number, isFixed: number.order == turned.order)
        case (.enumeration(let one), .enumeration(let other)):
            note(path, one.integer, isFixed: one.integer.order == other.integer.order)
        case (.float(_, let order), .float(_, let turned)):
            if order != turned { hasOthers = true }
        case (.array(let element, _), .array(let turned, _)): add(element, turned, path)
        case (.message(let inner), .message(let turned)): add(inner, turned, prefix: path + ".")
        case (.union(let union), .union(let turned)):
            for (member, turned) in zip(union.members, turned.members) {
                add(member.type, turned.type, path + "." + member.name)
            }
        case (.tail(let tail), .tail(let turned)):
            if let item = tail.itemType, let turned = turned.itemType { add(item, turned, path) }
        default: break
        }
    }

    private mutating func note(_ path: String, _ number: IntegerType, isFixed: Bool) {
        guard number.bytes > 1 else { return }
        guard isFixed else {
            hasOthers = true
            return
        }
        if number.order == .big { big.append(path) } else { little.append(path) }
    }
}
