extension WireReader {
    /// Checks at a message's begin that the bytes of all its fields are there, those of a varying last field excepted.
    ///
    /// Generated decoders do so once for all their reads. A message that ends early is told as such, whatever else is
    /// wrong with it.
    ///
    /// - Throws: ``WireError/Reason/tooShort(needed:found:)`` with the first field that is not complete.
    package func checkFixedFields(of layout: MessageLayout) throws(WireError) {
        guard let last = layout.fields.last else { return }
        let needed = last.offset + (last.type.isFixedSize ? last.type.sizeMinimum : 0)
        guard remaining < needed else { return }
        for field in layout.fields where field.offset + field.type.sizeMinimum > remaining {
            let error = field.type.shortage(of: remaining - field.offset, at: position + field.offset)
            throw error.within(field.name)
        }
    }
}

extension FieldType {
    /// The error for a value of which only `available` bytes are there, fewer than it has: at its first incomplete field.
    fileprivate func shortage(of available: Int, at offset: Int) -> WireError {
        switch self {
        case .array(let element, _) where element.sizeMinimum > 0:
            let complete = available / element.sizeMinimum
            let begun = complete * element.sizeMinimum
            return element.shortage(of: available - begun, at: offset + begun).within("[\(complete)]")
        case .message(let layout):
            for field in layout.fields where field.offset + field.type.sizeMinimum > available {
                let error = field.type.shortage(of: available - field.offset, at: offset + field.offset)
                return error.within(field.name)
            }
            return WireError(.tooShort(needed: sizeMinimum, found: available), offset: offset)
        default:
            return WireError(.tooShort(needed: sizeMinimum, found: available), offset: offset)
        }
    }
}
