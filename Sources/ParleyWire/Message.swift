/// A value that programs exchange.
///
/// What a message is (its ``MessageCoder``) and how its borders are found on a stream (its ``Framing``) are
/// two things; every message type brings its usual coder, which brings its usual framing.
public protocol Message: Sendable {
    associatedtype Coder: MessageCoder where Coder.Message == Self
}

/// A message whose usual coder needs to know nothing: `@WireMessage` types, ``Line``, `[UInt8]`.
///
/// Mailboxes, connections and listeners are opened with the type alone, in generic code too:
///
///     func echo<M: PlainMessage>(_: M.Type, at place: Endpoint) async throws {
///         try await Listener(M.self, at: place).run { connection in
///             for try await message in connection { try await connection.send(message) }
///         }
///     }
public protocol PlainMessage: Message where Coder: PlainMessageCoder {}

/// Turns messages into bytes and back. A value, because some coders need to know something: a layout, a
/// largest size.
public protocol MessageCoder<Message>: Sendable {
    associatedtype Message: Sendable

    /// How messages are told apart on a stream unless the user says otherwise.
    var framing: Framing { get }
    /// The largest encoded message in bytes, or nil when only the transport bounds it.
    var sizeMaximum: Int? { get }

    /// Where messages carry their number, by which an answer is told from others; nil, unless a coder says otherwise,
    /// where they carry none.
    var numbering: MessageNumbering? { get }

    /// The bytes that `message` takes.
    func size(of message: Message) -> Int
    /// Appends `size(of: message)` bytes.
    ///
    /// - Throws: ``WireError`` when the message has no representation or `output` has no room.
    func encode(_ message: Message, into output: inout OutputRawSpan) throws(WireError)
    /// Makes a message of exactly these bytes.
    func decode(_ bytes: RawSpan) throws(WireError) -> Message
}

extension MessageCoder {
    public var numbering: MessageNumbering? { nil }
}

/// A coder that needs to know nothing.
public protocol PlainMessageCoder: MessageCoder {
    init()
}

/// The coder of `@WireMessage` types.
public struct WireCoder<Value: WireValue>: PlainMessageCoder {
    @inlinable public init() {}

    /// Fixed-size messages stand back to back, and so do those whose own bytes say where they end; others carry
    /// a 4-byte length in front (``Framing/following(_:refusingUnknownTags:messageBytesMax:)``).
    @inlinable public var framing: Framing {
        Value.isWireSizeFixed
            ? .backToBack(bytes: Value.wireSizeMinimum) : FramingTable.framing(of: Value.self)
    }

    @inlinable public var sizeMaximum: Int? {
        Value.isWireSizeFixed ? Value.wireSizeMinimum : nil
    }

    /// Where a ``MessageNumber`` of the message, or of one inside of it, lies.
    public var numbering: MessageNumbering? {
        guard case .message(let layout) = Value.fieldType else { return nil }
        return layout.numbering
    }

    @inlinable
    public func size(of message: Value) -> Int {
        // What is nested too deep takes no room: encoding says why.
        let size = message.wireSize
        return size < WireNesting.immeasurable ? size : 0
    }

    @inlinable
    public func encode(_ message: Value, into output: inout OutputRawSpan) throws(WireError) {
        try message.encode(into: &output)
    }

    @inlinable
    public func decode(_ bytes: RawSpan) throws(WireError) -> Value {
        try Value(decoding: bytes)
    }
}

extension Array: Message where Element == UInt8 {
    public typealias Coder = BytesCoder
}

extension Array: PlainMessage where Element == UInt8 {}

/// The coder of raw bytes: a datagram as it is; on a stream whatever has come.
public struct BytesCoder: PlainMessageCoder {
    public init() {}

    public var framing: Framing { .chunks }
    public var sizeMaximum: Int? { nil }

    public func size(of message: [UInt8]) -> Int { message.count }

    public func encode(_ message: [UInt8], into output: inout OutputRawSpan) throws(WireError) {
        guard message.count <= output.freeCapacity else {
            throw WireError(.bufferTooSmall(needed: message.count, capacity: output.freeCapacity))
        }
        output.append(contentsOf: message)
    }

    public func decode(_ bytes: RawSpan) throws(WireError) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}

/// A value as one line of text: `Line<Int64>` reads and writes decimal numbers, `Line<String>` any line.
///
/// Sent with CR LF, as RFC 864 and its siblings do; received with LF or CR LF.
public struct Line<Value: LosslessStringConvertible & Sendable>: PlainMessage {
    public typealias Coder = LineCoder<Value>

    public var value: Value

    public init(_ value: Value) {
        self.value = value
    }
}

extension Line: Equatable where Value: Equatable {}
extension Line: Hashable where Value: Hashable {}

/// The coder of ``Line``.
public struct LineCoder<Value: LosslessStringConvertible & Sendable>: PlainMessageCoder {
    public init() {}

    public var framing: Framing { .lines() }
    public var sizeMaximum: Int? { nil }

    public func size(of message: Line<Value>) -> Int { message.value.description.utf8.count }

    public func encode(_ message: Line<Value>, into output: inout OutputRawSpan) throws(WireError) {
        let text = message.value.description
        // A CR at the end would pass for a part of the line's own end.
        let bad = text.utf8.firstIndex(of: UInt8(ascii: "\n")) ?? text.utf8.lastIndex(of: UInt8(ascii: "\r"))
        if let bad, text.utf8[bad] == UInt8(ascii: "\n") || text.utf8.index(after: bad) == text.utf8.endIndex
        {
            let offset = text.utf8.distance(from: text.startIndex, to: bad)
            throw WireError(.unreadable(text, type: "one line"), offset: offset)
        }
        try BytesCoder().encode(Array(text.utf8), into: &output)
    }

    /// - Throws: ``WireError/Reason/notUTF8``, ``WireError/Reason/unreadable(_:type:)``.
    public func decode(_ bytes: RawSpan) throws(WireError) -> Line<Value> {
        var line = try BytesCoder().decode(bytes)[...]
        // A datagram may bring its own line end; on a stream the framing has taken it off.
        if line.last == UInt8(ascii: "\n") {
            line.removeLast()
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
        }
        guard let text = String(validating: line, as: UTF8.self) else { throw WireError(.notUTF8) }
        guard let value = Value(text) else { throw WireError(.unreadable(text, type: "\(Value.self)")) }
        return Line(value)
    }
}
