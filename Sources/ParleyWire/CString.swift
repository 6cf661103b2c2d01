/// Text in a field of exactly `capacity` bytes, padded with NUL: C's `char name[n]`, as a value without
/// allocation.
///
/// A text that fills the field has no NUL, which is legal on the wire: C readers must use `%.*s`, not `%s`.
/// Bytes that came in stay as they are, also those after the first NUL; equality and text look only at what
/// precedes it.
///
///     var name: CString<13> = "Trans"
///     name.string                      // "Trans"
public struct CString<let capacity: Int>: Sendable {
    @usableFromInline var storage: InlineArray<capacity, UInt8>

    /// The empty text: all bytes NUL.
    @inlinable
    public init() {
        storage = InlineArray(repeating: 0)
    }

    /// A text of at most `capacity` bytes of UTF-8 (bytes, not characters).
    ///
    /// With a literal in the parentheses Swift takes ``init(stringLiteral:)``, which does not throw, and warns
    /// that `try` has nothing to do: for literals say ``init(text:)``.
    ///
    /// - Throws: ``WireError/Reason/doesNotFit(bytes:capacity:)`` when it is longer; nothing is ever cut off.
    @inlinable
    public init(_ text: some StringProtocol) throws(WireError) {
        let utf8 = text.utf8
        let count = utf8.count
        guard count <= capacity else { throw WireError(.doesNotFit(bytes: count, capacity: capacity)) }
        storage = InlineArray(repeating: 0)
        let isCopied: Void? = utf8.withContiguousStorageIfAvailable { bytes in
            // Not more than the field holds: checked above.
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.copyMemory(from: UnsafeRawBufferPointer(bytes))
            }
        }
        guard isCopied == nil else { return }
        var index = 0
        for byte in utf8 {
            storage[index] = byte
            index &+= 1
        }
    }

    /// A text of at most `capacity` bytes of UTF-8, also when it is written as a literal:
    /// `try CString<4>(text: "Zürich")` throws, `CString<4>("Zürich")` is a mistake of the program and stops it.
    ///
    /// - Throws: ``WireError/Reason/doesNotFit(bytes:capacity:)`` when it is longer; nothing is ever cut off.
    @inlinable
    public init(text: some StringProtocol) throws(WireError) {
        try self.init(text)
    }

    /// The bytes before the first NUL, or all of them.
    @inlinable public var count: Int {
        var index = 0
        while index < capacity, storage[index] != 0 { index &+= 1 }
        return index
    }

    /// The text; bytes that are no UTF-8 are shown as U+FFFD.
    @inlinable public var string: String {
        let count = count
        return unsafe storage.span.withUnsafeBufferPointer { buffer in
            unsafe String(decoding: UnsafeBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
        }
    }

    /// The text, or an error when the bytes are no UTF-8.
    ///
    /// - Throws: ``WireError/Reason/notUTF8``.
    public func validatedString() throws(WireError) -> String {
        let count = count
        let text = unsafe storage.span.withUnsafeBufferPointer { buffer in
            unsafe String(validating: UnsafeBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
        }
        guard let text else { throw WireError(.notUTF8) }
        return text
    }

    /// All `capacity` bytes, the padding included.
    public var bytes: [UInt8] {
        storage.indices.map { storage[$0] }
    }
}

extension CString: WireValue {
    @inlinable public static var wireSizeMinimum: Int { capacity }
    public static var fieldType: FieldType { .text(capacity: capacity) }

    @inlinable
    public init(from reader: inout WireReader) throws(WireError) {
        storage = try reader.load(InlineArray<capacity, UInt8>.self)
    }

    @inlinable
    public func write(to output: inout OutputRawSpan) throws(WireError) {
        unsafe output.append(storage, as: InlineArray<capacity, UInt8>.self)
    }
}

extension CString: ExpressibleByStringLiteral {
    /// A text in the source, `let name: CString<13> = "Trans"`. One that does not fit is a mistake of the
    /// program and stops it; so does `CString<4>("Zürich")`, which means the same to Swift. Text that may be
    /// too long goes to ``init(text:)``.
    public init(stringLiteral text: String) {
        do {
            try self.init(text)
        } catch {
            preconditionFailure(
                "\u{201C}\(text)\u{201D}: \(error.reason); text that may be too long is given to try CString(text:)"
            )
        }
    }
}

extension CString: Hashable {
    @inlinable
    public static func == (left: CString, right: CString) -> Bool {
        var index = 0
        while index < capacity {
            if left.storage[index] != right.storage[index] { return false }
            if left.storage[index] == 0 { return true }
            index &+= 1
        }
        return true
    }

    @inlinable
    public func hash(into hasher: inout Hasher) {
        var index = 0
        while index < capacity, storage[index] != 0 {
            hasher.combine(storage[index])
            index &+= 1
        }
        hasher.combine(UInt8(0))
    }
}

extension CString: CustomStringConvertible {
    public var description: String { string }
}
