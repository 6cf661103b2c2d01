public import ParleyWire

/// Encodes a message, with its border on a stream, into memory of the stack where it is small, and lends the
/// bytes.
///
/// - Throws: ``ParleyError/wire(_:)``, ``ParleyError/framing(_:)`` before `body` is called, and what `body`
///   throws.
@inlinable
package func withEncoded<Coder: MessageCoder, Result>(
    _ message: Coder.Message,
    by coder: Coder,
    framing: Framing?,
    _ body: (RawSpan) throws(ParleyError) -> Result
) throws(ParleyError) -> Result {
    let size = coder.size(of: message)
    if let framing {
        do throws(FramingError) { try framing.check(messageBytes: size) } catch { throw .framing(error) }
    }
    let total = size + (framing?.overhead ?? 0)
    return try unsafe withUnsafeTemporaryAllocation(byteCount: max(total, 1), alignment: 16) {
        buffer throws(ParleyError) in
        var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
        framing?.writePrefix(messageBytes: size, to: &output)
        do throws(WireError) { try coder.encode(message, into: &output) } catch { throw .wire(error) }
        if let framing, framing.checksContent {
            let written = output.bytes
            let message = written.extracting(droppingFirst: written.byteCount - size)
            do throws(FramingError) { try framing.check(message: message) } catch { throw .framing(error) }
        }
        framing?.writeSuffix(to: &output)
        return try body(output.bytes)
    }
}

/// A message as bytes that outlive a suspension.
@inlinable
package func encoded<Coder: MessageCoder>(
    _ message: Coder.Message,
    by coder: Coder,
    framing: Framing?
) throws(ParleyError) -> [UInt8] {
    try withEncoded(message, by: coder, framing: framing) { bytes throws(ParleyError) in
        unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
