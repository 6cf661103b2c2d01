extension WireReader {
    /// Reads a constant of the layout.
    ///
    /// - Throws: ``WireError/Reason/wrongConstant(expected:found:)`` when another value stands there.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func expect<Value: WireValue & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) {
        try expectValue(expected, field)
    }

    /// Reads a constant of an enum whose cases the layout does not know: to the layout it is a number, and
    /// the error says numbers.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func expect<Value: WireValue & RawRepresentable & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) where Value.RawValue: WireInteger {
        try expectValue(expected.rawValue, field)
    }

    /// Reads a constant of an enum whose cases the layout names.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func expect<Value: WireValue & RawRepresentable & CaseIterable & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) where Value.RawValue: WireInteger {
        try expectValue(expected, field)
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func expectValue<Value: WireValue & Equatable>(
        _ expected: Value,
        _ field: StaticString
    ) throws(WireError) {
        let start = position
        let found = try read(Value.self, field)
        guard found == expected else {
            throw WireError(
                .wrongConstant(expected: "\(expected)", found: "\(found)"),
                field: "\(field)",
                offset: start
            )
        }
    }
}
