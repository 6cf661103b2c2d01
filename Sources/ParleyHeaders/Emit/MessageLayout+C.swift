public import ParleyWire

extension MessageLayout {
    /// A C header whose packed structs have exactly these bytes, for GCC and Clang, C11 and C++11.
    ///
    /// Each member's comment says its offset, its meaning and its byte order; reserved bytes and padding are
    /// members; sizes and offsets are asserted when the header is compiled. A tagged union becomes one struct
    /// for each of its cases, everything before the case included. What C reads back of the header is this
    /// layout, but for what C cannot say: constants, counts and which bytes are reserved.
    ///
    /// Names that C has for itself get an underscore behind them, and a comment that says so. Bit fields that
    /// cross bytes can be declared only where the machine counts bits as the message does: elsewhere the
    /// header stops the compiler with a sentence.
    ///
    /// - Throws: ``EmissionError``: a nested message that varies in size, items that do, a field of no bytes.
    public func cHeader(_ options: EmissionOptions = EmissionOptions()) throws(EmissionError) -> String {
        var emitter = CEmitter()
        try emitter.add(self)
        return emitter.header(of: self, options)
    }
}
