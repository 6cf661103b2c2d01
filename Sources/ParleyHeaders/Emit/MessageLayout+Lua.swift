public import ParleyWire

extension MessageLayout {
    /// A Wireshark dissector of these messages, in Lua 5.2.
    ///
    /// Its filter names are the layout's, `msg_st.math`, nested ones by their path. A packet that ends too
    /// early, bytes behind the message, and values that the layout does not allow become expert information.
    /// On UDP a datagram is a message; on TCP messages stand as Parley frames them: those of one size back to
    /// back, others each behind its length (4 bytes, network order), joined from as many packets as it takes.
    ///
    /// Where Wireshark has a protocol of that name already, the script says so and stops.
    ///
    /// - Throws: ``EmissionError``: a message of no bytes, a name that is a word of display filters or of one
    ///   letter, bit fields that touch nine bytes, and numbers that Lua 5.2 does not have (enumeration values
    ///   beyond 53 bits).
    public func wiresharkDissector(
        _ options: EmissionOptions = EmissionOptions()
    ) throws(EmissionError) -> String {
        guard sizeMaximum != 0 else { throw EmissionError(.empty, field: name, target: .lua) }
        var emitter = LuaEmitter(name: name)
        guard !filterWords.contains(emitter.filter) else {
            throw EmissionError(.filterWord(emitter.filter), field: name, target: .lua)
        }
        guard emitter.filter.utf8.count > 1 else {
            throw EmissionError(.shortName(emitter.filter), field: name, target: .lua)
        }
        let root = try emitter.structure(self, name)
        return emitter.script(of: self, root: root, options)
    }
}
