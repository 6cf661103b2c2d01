// What a generated decoder says to its reader about bit fields: one load for the bytes that some fields
// share, then a shift for each. With constant arguments all of it folds.

extension WireReader {
    /// Reads 1 to 8 bytes that bit fields share, as one number.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readBits(
        _ count: Int,
        _ order: BitOrder,
        _ field: StaticString
    ) throws(WireError) -> UInt64 {
        do throws(WireError) {
            let isBig = order == .mostSignificantFirst
            switch count {
            case 1: return UInt64(try load(UInt8.self))
            case 2:
                let raw = try load(UInt16.self)
                return UInt64(isBig ? UInt16(bigEndian: raw) : UInt16(littleEndian: raw))
            case 4:
                let raw = try load(UInt32.self)
                return UInt64(isBig ? UInt32(bigEndian: raw) : UInt32(littleEndian: raw))
            case 8:
                let raw = try load(UInt64.self)
                return isBig ? UInt64(bigEndian: raw) : UInt64(littleEndian: raw)
            default:
                return UInt64(truncatingIfNeeded: try loadBits(count, order))
            }
        } catch {
            throw error.within(field)
        }
    }

    /// Reads 9 to 16 bytes that bit fields share, as one number.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readWideBits(
        _ count: Int,
        _ order: BitOrder,
        _ field: StaticString
    ) throws(WireError) -> UInt128 {
        do throws(WireError) {
            return try loadBits(count, order)
        } catch {
            throw error.within(field)
        }
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func loadBits(_ count: Int, _ order: BitOrder) throws(WireError) -> UInt128 {
        let start = try advance(count)
        var bits: UInt128 = 0
        for index in 0..<count {
            let place = order == .mostSignificantFirst ? count &- 1 &- index : index
            bits |= UInt128(bytes.byte(at: start &+ index)) &<< UInt128(8 &* place)
        }
        return bits
    }

    /// An integer of a bit field.
    ///
    /// - Parameters:
    ///   - bits: its bits, as the lowest; what stands above is not looked at.
    ///   - back: how many bytes before the reader's place the field begins, for errors.
    @inlinable
    public func bits<Number: WireInteger>(
        _ type: Number.Type,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) -> Number {
        BitField.check(Number.self, width)
        let above = UInt64(64 &- width)
        guard Number.isSigned else { return Number(truncatingIfNeeded: (bits &<< above) &>> above) }
        return Number(truncatingIfNeeded: Int64(bitPattern: bits &<< above) &>> Int64(above))
    }

    /// A Boolean of one bit.
    @inlinable
    public func bits(
        _ type: Bool.Type,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) -> Bool {
        bits & 1 == 1
    }

    /// An enumeration in a bit field.
    ///
    /// - Throws: ``WireError/Reason/unknownValue(_:type:)`` when no case has the value.
    @inlinable
    public func bits<Value: RawRepresentable>(
        _ type: Value.Type,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) -> Value where Value.RawValue: WireInteger {
        let raw = try self.bits(Value.RawValue.self, bits, width: width, back: back, field)
        guard let value = Value(rawValue: raw) else {
            throw WireError(
                .unknownValue("\(raw)", type: "\(Value.self)"),
                field: "\(field)",
                offset: offset &- back
            )
        }
        return value
    }
}

extension WireReader {
    /// Checks a bit field that the layout says is constant.
    ///
    /// - Throws: ``WireError/Reason/wrongConstant(expected:found:)``.
    @inlinable
    public func expectBits<Number: WireInteger>(
        _ expected: Number,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) {
        let found = try self.bits(Number.self, bits, width: width, back: back, field)
        if found != expected { throw wrongConstant("\(expected)", "\(found)", back, field) }
    }

    /// Checks a constant Boolean of one bit.
    @inlinable
    public func expectBits(
        _ expected: Bool,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) {
        let found = bits & 1 == 1
        if found != expected { throw wrongConstant("\(expected)", "\(found)", back, field) }
    }

    /// Checks a constant of an enum whose cases the layout does not know: it is a number to it.
    @inlinable
    public func expectBits<Value: RawRepresentable>(
        _ expected: Value,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) where Value.RawValue: WireInteger {
        try expectBits(expected.rawValue, bits, width: width, back: back, field)
    }

    /// Checks a constant of an enum whose cases the layout names.
    @inlinable
    public func expectBits<Value: RawRepresentable & CaseIterable & Equatable>(
        _ expected: Value,
        _ bits: UInt64,
        width: Int,
        back: Int,
        _ field: StaticString
    ) throws(WireError) where Value.RawValue: WireInteger {
        let found = try self.bits(Value.self, bits, width: width, back: back, field)
        if found != expected { throw wrongConstant("\(expected)", "\(found)", back, field) }
    }

    @inline(never)
    @usableFromInline
    func wrongConstant(_ expected: String, _ found: String, _ back: Int, _ field: StaticString) -> WireError {
        WireError(
            .wrongConstant(expected: expected, found: found),
            field: "\(field)",
            offset: offset &- back
        )
    }
}
