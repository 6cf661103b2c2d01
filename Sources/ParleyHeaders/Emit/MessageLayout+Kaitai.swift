public import ParleyWire

extension MessageLayout {
    /// A description for the Kaitai Struct compiler (version 0.10 or later), which makes parsers in a dozen
    /// languages of it.
    ///
    /// Identifiers of Kaitai are lower-case words; the layout's own names stand beside them as `-orig-id`.
    /// Constants and closed enumerations become `valid` keys.
    ///
    /// - Throws: ``EmissionError``: signed bit fields and counts of bits, of which Kaitai has none, and a
    ///   message of no bytes.
    public func kaitaiStruct(_ options: EmissionOptions = EmissionOptions()) throws(EmissionError) -> String {
        var emitter = KaitaiEmitter(name: name)
        let body = try emitter.body(of: self, name, indent: "", isOutermost: true)
        return emitter.document(of: self, body, options)
    }
}
