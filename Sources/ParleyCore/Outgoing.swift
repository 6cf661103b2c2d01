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
    try check(messageBytes: size, framing: framing)
    let total = size + (framing?.overhead ?? 0)
    return try unsafe withUnsafeTemporaryAllocation(byteCount: max(total, 1), alignment: 16) {
        buffer throws(ParleyError) in
        var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
        try append(message, bytes: size, to: &output, by: coder, framing: framing)
        return try body(output.bytes)
    }
}

/// Refuses a message of a size that the framing does not take.
@inlinable
package func check(messageBytes size: Int, framing: Framing?) throws(ParleyError) {
    guard let framing else { return }
    do throws(FramingError) { try framing.check(messageBytes: size) } catch { throw .framing(error) }
}

/// Appends a message of a size that was checked, with its border on a stream.
@inlinable
package func append<Coder: MessageCoder>(
    _ message: Coder.Message,
    bytes size: Int,
    to output: inout OutputRawSpan,
    by coder: Coder,
    framing: Framing?
) throws(ParleyError) {
    framing?.writePrefix(messageBytes: size, to: &output)
    do throws(WireError) { try coder.encode(message, into: &output) } catch { throw .wire(error) }
    if let framing, framing.checksContent {
        let written = output.bytes
        let content = written.extracting(droppingFirst: written.byteCount - size)
        do throws(FramingError) { try framing.check(message: content) } catch { throw .framing(error) }
    }
    framing?.writeSuffix(to: &output)
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
