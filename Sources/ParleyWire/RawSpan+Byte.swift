extension RawSpan {
    /// The byte at an offset, 0 is the first: what a ``FrameCutter`` looks at.
    ///
    /// - Precondition: `offset` is 0 or more and below `byteCount`; outside is a mistake of the program and stops it.
    @inlinable
    public func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
