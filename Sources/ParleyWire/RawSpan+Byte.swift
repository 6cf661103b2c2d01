extension RawSpan {
    /// The byte at an offset; outside is a mistake of the program and stops it.
    @inlinable
    package func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
