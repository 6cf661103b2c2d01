/// A framing written by hand, for streams that no other framing cuts.
///
/// A value without state: it is asked for what has come, and again when as much has come as it has asked for. What
/// it answers is checked: no answer stops the program, and nothing is set aside for a promise. Used by
/// ``Framing/handWritten(_:)``.
public protocol FrameCutter: Sendable, Hashable {
    /// The largest message in bytes, 1 at least. What is said to be larger is refused.
    var messageBytesMax: Int { get }

    /// Looks for the end of the first message.
    ///
    /// - Parameters:
    ///   - bytes: what has come from the message's first byte on, one byte at least; what follows the message may
    ///     be among it.
    ///   - searched: how many of these bytes were there when this was asked before; 0 for a new message.
    /// - Throws: ``FramingError/noMessage(offset:beginning:)`` or another one. The stream has no borders after that.
    func cut(_ bytes: RawSpan, after searched: Int) throws(FramingError) -> FrameCut
}

/// What a ``FrameCutter`` has found.
public enum FrameCut: Sendable, Hashable {
    /// At least so many bytes more must come before the end can be told; 1 when nobody knows.
    case more(bytes: Int)
    /// The first message has so many bytes, be they there or still to come.
    case message(bytes: Int)
}
