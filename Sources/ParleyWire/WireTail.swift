/// The variable end of a message: `[UInt8]`, ``TailText`` or an array of values.
///
/// It is the rest of the datagram unless the message has a count field for it.
public protocol WireTail: Sendable {
    static var tailElement: TailType.Element { get }
    /// The same where the types in `outer` are being laid out.
    static func tailElement(inside outer: LayoutPath) -> TailType.Element
    /// The bytes that the tail takes.
    var tailByteCount: Int { get }
    /// The items that the tail has; text and bytes count bytes.
    var tailItemCount: Int { get }
    /// The bytes that the tail takes, when it is not nested deeper than is accepted.
    ///
    /// - Throws: ``WireError/Reason/tooDeep(maximum:)`` with the offset in the tail.
    func tailByteCount(nesting: WireNesting) throws(WireError) -> Int

    /// Reads `items` items, or up to the reader's end when that is nil.
    init(tailFrom reader: inout WireReader, items: Int?) throws(WireError)
    /// Appends the tail's `tailByteCount` bytes.
    func writeTail(to output: inout OutputRawSpan) throws(WireError)
}

extension Array: WireTail where Element: WireValue {
    public static var tailElement: TailType.Element {
        tailElement(inside: LayoutPath())
    }

    public static func tailElement(inside outer: LayoutPath) -> TailType.Element {
        Element.self == UInt8.self ? .bytes : .items(Element.fieldType(inside: outer))
    }

    @inlinable public var tailByteCount: Int {
        do throws(WireError) {
            return try tailByteCount(nesting: WireNesting())
        } catch {
            return WireNesting.immeasurable
        }
    }

    @inlinable
    public func tailByteCount(nesting: WireNesting) throws(WireError) -> Int {
        if Element.isWireSizeFixed { return count * Element.wireSizeMinimum }
        return isEmpty ? 0 : try measureItems(nesting: nesting)
    }

    @inline(never)
    @inlinable
    func measureItems(nesting: WireNesting) throws(WireError) -> Int {
        let inner = try nesting.inner(Element.self)
        var total = 0
        for index in indices {
            do throws(WireError) {
                total &+= try self[index].wireSize(nesting: inner)
            } catch {
                throw error.moved(by: total).within(index: index)
            }
        }
        return total
    }

    @inlinable public var tailItemCount: Int { count }

    @inlinable
    public init(tailFrom reader: inout WireReader, items: Int?) throws(WireError) {
        // Memory is set aside for what has come, never for what a count promises.
        let most = reader.remaining / Swift.max(1, Element.wireSizeMinimum)
        if let items, items > most { throw reader.badItemCount(items) }
        if Element.self == UInt8.self, let bytes = try reader.readBytes(items ?? most) as? [Element] {
            self = bytes
            return
        }
        self.init()
        // No level for items of one size: they contain nothing that comes again.
        guard !Element.isWireSizeFixed, items.map({ $0 > 0 }) ?? (reader.remaining > 0) else {
            reserveCapacity(items ?? most)
            try readItems(items, from: &reader)
            return
        }
        // On each level a sender may promise all that is left: many would be set aside many times.
        reserveCapacity(Swift.min(items ?? 0, 64))
        let outer = reader.nesting
        try reader.descend(into: Element.self)
        try readItems(items, from: &reader)
        reader.nesting = outer
    }

    // For items that contain items these call themselves. Inlined into one another they would take ten times
    // the stack for each level.
    @inline(never)
    @inlinable
    mutating func readItems(_ items: Int?, from reader: inout WireReader) throws(WireError) {
        var start = reader.offset
        do throws(WireError) {
            if let items {
                while count < items { append(try Element(from: &reader)) }
                return
            }
            while reader.remaining > 0 {
                start = reader.offset
                append(try Element(from: &reader))
                if reader.offset == start { break }
            }
        } catch {
            throw error.within(index: count)
        }
        if reader.remaining > 0 { throw reader.itemsWithoutEnd(start) }
    }

    @inlinable
    public func writeTail(to output: inout OutputRawSpan) throws(WireError) {
        if let bytes = self as? [UInt8] {
            output.append(contentsOf: bytes)
            return
        }
        try writeItems(to: &output)
    }

    @inline(never)
    @inlinable
    func writeItems(to output: inout OutputRawSpan) throws(WireError) {
        for index in indices {
            let start = output.byteCount
            do throws(WireError) {
                try self[index].write(to: &output)
            } catch {
                throw error.notBefore(start).within(index: index)
            }
        }
    }
}

extension WireTail {
    public static func tailElement(inside outer: LayoutPath) -> TailType.Element { tailElement }
}

/// Text at the end of a message: the rest of the datagram, or as many bytes as a count field says.
///
/// It keeps the bytes that came in; text is made when asked for. C peers often send the terminating NUL
/// along: the text ends at the first NUL, the bytes do not.
public struct TailText: Sendable, Hashable {
    /// All bytes, a NUL and what follows it included.
    public var bytes: [UInt8]

    public init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The text up to the first NUL; bytes that are no UTF-8 are shown as U+FFFD.
    public var string: String { String(decoding: textBytes, as: UTF8.self) }

    /// The text up to the first NUL, or an error when the bytes are no UTF-8.
    ///
    /// - Throws: ``WireError/Reason/notUTF8``.
    public func validatedString() throws(WireError) -> String {
        guard let text = String(validating: textBytes, as: UTF8.self) else { throw WireError(.notUTF8) }
        return text
    }

    private var textBytes: ArraySlice<UInt8> { bytes.prefix { $0 != 0 } }
}

extension TailText: WireTail {
    public static var tailElement: TailType.Element { .text }
    @inlinable public var tailByteCount: Int { bytes.count }
    @inlinable public var tailItemCount: Int { bytes.count }

    @inlinable
    public init(tailFrom reader: inout WireReader, items: Int?) throws(WireError) {
        bytes = try [UInt8](tailFrom: &reader, items: items)
    }

    @inlinable
    public func writeTail(to output: inout OutputRawSpan) throws(WireError) {
        try bytes.writeTail(to: &output)
    }
}

extension TailText: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }
    public var description: String { string }
}

extension OutputRawSpan {
    /// Appends bytes in one copy.
    ///
    /// - Precondition: there is room for them.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func append(contentsOf bytes: [UInt8]) {
        precondition(bytes.count <= freeCapacity, "no room for \(bytes.count) bytes")
        unsafe withUnsafeMutableBytes { buffer, initialized in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initialized...]).copyMemory(
                    from: source
                )
            }
            initialized += bytes.count
        }
    }
}

extension [UInt8] {
    /// The bytes as a span, for decoding.
    package var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }
}

extension WireReader {
    @inline(never)
    @usableFromInline
    func badItemCount(_ items: Int) -> WireError {
        WireError(.badCount(UInt64(items), unit: .items, available: remaining), offset: offset)
    }

    @inline(never)
    @usableFromInline
    func negativeCount(_ count: UInt64, _ unit: CountUnit, messageStart start: Int) -> WireError {
        let available = unit == .messageBytes ? end &- start : remaining
        return WireError(
            .negativeCount(Int64(bitPattern: count), unit: unit, available: available),
            offset: position
        )
    }

    /// Items of no bytes never fill what is left.
    @inline(never)
    @usableFromInline
    func itemsWithoutEnd(_ start: Int) -> WireError {
        WireError(.tooLong(expected: start, found: start + remaining), offset: start)
    }

    /// Moves the message's end to where a count field says that the tail ends, and tells where it was.
    @inlinable
    @_lifetime(self: copy self)
    mutating func narrow<Count: WireCount>(
        to count: UInt64,
        by unit: Count.Type,
        messageStart start: Int
    ) throws(WireError) -> Int {
        let head = Count.unit == .bytes ? 0 : UInt64(position &- start)
        guard count >= head, count &- head <= UInt64(remaining) else {
            let available = Count.unit == .bytes ? remaining : end &- start
            throw WireError(.badCount(count, unit: Count.unit, available: available), offset: position)
        }
        let outerEnd = end
        end = position &+ Int(count &- head)
        return outerEnd
    }

    /// Copies the next `count` bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readBytes(_ count: Int) throws(WireError) -> [UInt8] {
        let start = try advance(count)
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe [UInt8](buffer[start..<start + count])
        }
    }

    /// Reads a tail that is the rest of the bytes.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readTail<Tail: WireTail>(
        _ type: Tail.Type,
        _ field: StaticString
    ) throws(WireError) -> Tail {
        do throws(WireError) {
            return try Tail(tailFrom: &self, items: nil)
        } catch {
            throw error.within(field)
        }
    }

    /// Reads the count field of a tail.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readCount<Count: WireCount>(
        _ type: Count.Type,
        _ field: StaticString
    ) throws(WireError) -> UInt64 {
        try read(Count.Counter.self, field).count
    }

    /// Reads a tail of which a count field told the size.
    ///
    /// - Parameters:
    ///   - count: what the count field said.
    ///   - start: where the message began.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func readTail<Tail: WireTail, Count: WireCount>(
        _ type: Tail.Type,
        _ field: StaticString,
        counted count: UInt64,
        by unit: Count.Type,
        messageStart start: Int
    ) throws(WireError) -> Tail {
        do throws(WireError) {
            if count > UInt64(Int64.max), Count.Counter.countMaximum <= UInt64(Int64.max) {
                throw negativeCount(count, Count.unit, messageStart: start)
            }
            switch Count.unit {
            case .items:
                return try Tail(tailFrom: &self, items: Int(clamping: count))
            case .bytes, .messageBytes:
                let outerEnd = try narrow(to: count, by: unit, messageStart: start)
                defer { end = outerEnd }
                return try Tail(tailFrom: &self, items: nil)
            }
        } catch {
            throw error.within(field)
        }
    }
}
