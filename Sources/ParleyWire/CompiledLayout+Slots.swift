// Fields found once, by path: what a program does before its loop.

extension CompiledLayout {
    /// The field of this path as a number: `math`, `header.kind`, `items[2].x`, `u.member`.
    ///
    /// - Throws: ``WireError`` when there is no such field, when not all its values are values of the type, or
    ///   when it is not at the same place in every message: inside of a tail (see ``items(_:as:)``) or of a
    ///   case of a tagged union (decode a ``DynamicMessage``).
    public func field<Value: SlotValue>(
        _ path: String,
        as type: Value.Type = Value.self
    ) throws(WireError) -> FieldSlot<Value> {
        let found = try SlotFinder(layout).find(path)
        guard found.items == nil else {
            throw WireError(.wrongKind(expected: "one field", found: "a field of each item"), field: path)
        }
        return FieldSlot(path: path, place: try place(of: found, path, Value.self))
    }

    /// The field of each item of an array or a tail: `points[].x`, `samples[]`.
    ///
    /// - Throws: as ``field(_:as:)``; also when the path has no `[]`.
    public func items<Value: SlotValue>(
        _ path: String,
        as type: Value.Type = Value.self
    ) throws(WireError) -> ItemSlot<Value> {
        let found = try SlotFinder(layout).find(path)
        guard let items = found.items else {
            throw WireError(
                .wrongKind(expected: "a field of each item, items[].x", found: "one field"),
                field: path
            )
        }
        return ItemSlot(path: path, place: try place(of: found, path, Value.self), items: items)
    }

    /// The field of this path as text or bytes; also the tail, and a union as all its bytes.
    ///
    /// - Throws: as ``field(_:as:)``.
    public func bytes(_ path: String) throws(WireError) -> BytesSlot {
        let found = try SlotFinder(layout).find(path)
        let size: Int?
        var isText = false
        switch found.type {
        case .text(let capacity):
            size = capacity
            isText = true
        case .bytes(let count): size = count
        case .union(let union): size = union.size
        case .tail(let tail) where tail.itemType == nil: size = nil
        default:
            throw WireError(.wrongKind(expected: "text or bytes", found: found.type.kind), field: path)
        }
        guard found.items == nil else {
            throw WireError(.wrongKind(expected: "one field", found: "a field of each item"), field: path)
        }
        return BytesSlot(
            path: path,
            layout: identity,
            offset: found.offset,
            size: size,
            isText: isText
        )
    }

    private func place<Value: SlotValue>(
        of found: SlotFinder.Found,
        _ path: String,
        _ type: Value.Type
    ) throws(WireError) -> SlotPlace {
        if let obstacle = Value.obstacle(to: found.type) {
            throw WireError(.wrongKind(expected: obstacle, found: "\(Value.self)"), field: path)
        }
        guard
            let place = SlotPlace(
                found.type,
                at: found.offset,
                of: identity,
                isValue: found.role == .value
            )
        else {
            throw WireError(.wrongKind(expected: "a number", found: found.type.kind), field: path)
        }
        return place
    }
}

/// Follows a path through a layout.
private struct SlotFinder {
    struct Found {
        var type: FieldType
        var offset: Int
        var role = MessageLayout.Role.value
        var items: ItemPlace?
    }

    let layout: MessageLayout

    init(_ layout: MessageLayout) {
        self.layout = layout
    }

    func find(_ path: String) throws(WireError) -> Found {
        var found = Found(type: .message(layout), offset: 0)
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            try descend(into: String(pieces[0]), &found, path)
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]") else { throw unknown(path, []) }
                try descend(at: piece.dropLast(), &found, path)
            }
        }
        return found
    }

    private func descend(into name: String, _ found: inout Found, _ path: String) throws(WireError) {
        switch found.type {
        case .message(let layout):
            guard let field = layout.field(name), field.role != .reserved else {
                guard let variants = layout.variants, layout.valueNames.contains(name) else {
                    throw unknown(path, layout.valueNames)
                }
                throw WireError(
                    .wrongKind(
                        expected: "a field that every message has",
                        found: "one that depends on \(variants.tagName)"
                    ),
                    field: path
                )
            }
            found.offset += field.offset
            found.type = field.type
            if found.role == .value { found.role = field.role }
        case .union(let union):
            guard let type = union.type(of: name) else { throw unknown(path, union.valueNames) }
            found.type = type
        default:
            throw unknown(path, [])
        }
    }

    private func descend(at index: Substring, _ found: inout Found, _ path: String) throws(WireError) {
        switch found.type {
        case .array(let element, let count):
            if index.isEmpty {
                try begin(
                    ItemPlace(offset: found.offset, stride: element.sizeMinimum, count: count),
                    &found,
                    path
                )
            } else {
                guard let index = Int(index), 0..<count ~= index else {
                    throw WireError(
                        .outOfRange(value: String(index), minimum: "0", maximum: "\(count - 1)"),
                        field: path
                    )
                }
                found.offset += index * element.sizeMinimum
            }
            found.type = element
        case .tail(let tail):
            guard index.isEmpty, let item = tail.itemType, item.isFixedSize, item.sizeMinimum > 0 else {
                throw WireError(
                    .wrongKind(expected: "items of one size, as in items[].x", found: found.type.name),
                    field: path
                )
            }
            try begin(ItemPlace(offset: found.offset, stride: item.sizeMinimum, count: nil), &found, path)
            found.type = item
        default:
            throw unknown(path, [])
        }
    }

    private func begin(_ items: ItemPlace, _ found: inout Found, _ path: String) throws(WireError) {
        guard found.items == nil else {
            throw WireError(.wrongKind(expected: "one [] in a path", found: "two"), field: path)
        }
        found.items = items
    }

    private func unknown(_ path: String, _ known: [String]) -> WireError {
        WireError(.unknownField(known: known.isEmpty ? layout.valueNames : known), field: path)
    }
}
