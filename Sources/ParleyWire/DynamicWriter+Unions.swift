// What a union's bytes are when some of its members are given.

extension DynamicWriter {
    /// Appends the bytes of a union of which some members, or all bytes, are given.
    mutating func write(_ values: FieldValues, of union: UnionType) throws(WireError) {
        let start = bytes.count
        guard !values.elements.isEmpty else {
            let names = union.valueNames.joined(separator: ", ")
            throw WireError(.missingField(type: "one of \(names)"), offset: start)
        }
        var encodings: [Encoding] = []
        for element in values.elements {
            do throws(WireError) {
                encodings.append(try Encoding(element, of: union, at: start))
            } catch {
                throw error.within(element.name)
            }
        }
        // Encodings hold zeros where they say nothing, so the bytes that all agree on are their union, if
        // there are any; all bytes, when they are given, say everything.
        var merged = [UInt8](repeating: 0, count: union.size)
        if let raw = encodings.first(where: \.isRaw) {
            merged = raw.bytes
        } else {
            for encoding in encodings {
                for (index, byte) in encoding.bytes.enumerated() { merged[index] |= byte }
            }
        }
        for encoding in encodings where !encoding.isRead(from: merged) {
            throw WireError(.disagreement(members: values.elements.map(\.name)), offset: start)
        }
        append(merged)
    }

    /// One member's bytes.
    private struct Encoding {
        var bytes: [UInt8]
        var type: FieldType
        var isRaw: Bool

        init(_ element: FieldValues.Element, of union: UnionType, at offset: Int) throws(WireError) {
            guard let type = union.type(of: element.name) else {
                throw WireError(.unknownField(known: union.valueNames), offset: offset)
            }
            self.type = type
            isRaw = element.name == union.rawName
            do throws(WireError) {
                bytes = try Self.bytes(of: element.value, as: type)
            } catch {
                var error = error
                error.offset += offset
                throw error
            }
        }

        /// Whether the member would be read again from these bytes as it was given.
        func isRead(from merged: [UInt8]) -> Bool {
            var reader = WireReader(merged.rawSpan)
            guard let value = try? reader.readValue(of: type) else { return false }
            return (try? Self.bytes(of: value, as: type)) == bytes
        }

        private static func bytes(of value: FieldValue, as type: FieldType) throws(WireError) -> [UInt8] {
            var writer = DynamicWriter()
            try writer.write(value, as: type)
            return writer.bytes
        }
    }
}
