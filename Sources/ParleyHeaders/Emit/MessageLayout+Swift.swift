public import ParleyWire

extension MessageLayout {
    /// The `@WireMessage` types that have this layout, for a file of their own.
    ///
    /// Names stay as they are, because they are what errors, JSON and ``MessageLayout/==(_:_:)`` know; those
    /// that Swift has for itself stand in backticks. `Type.layout` is this layout, except that padding has
    /// become reserved bytes, that 1-byte numbers have no byte order, and that what is reserved is so as
    /// bytes. An open enumeration, as C's are, becomes a struct with a constant for each name; a union the
    /// bytes, with a property for each member.
    ///
    /// - Throws: ``EmissionError``: a tagged union behind fields, a name that Swift cannot have.
    public func swiftSource(_ options: EmissionOptions = EmissionOptions()) throws(EmissionError) -> String {
        var emitter = SwiftEmitter(self)
        let type = try emitter.message(self, name, isOutermost: true)
        return emitter.source(of: self, type, options)
    }
}
