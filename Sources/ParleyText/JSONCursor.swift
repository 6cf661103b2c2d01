import ParleyWire

/// A place in memory at which JSON is written. Whoever makes it has set aside enough; writing past the end
/// stops the program.
@safe struct JSONCursor: ~Copyable {
    private let start: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0

    /// - Precondition: the buffer is not empty and outlives the cursor.
    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        capacity = buffer.count
        guard let address = buffer.baseAddress else { preconditionFailure("no memory was set aside") }
        unsafe start = unsafe address
    }

    /// Says that `size` bytes follow, and where.
    private mutating func advance(_ size: Int) -> UnsafeMutablePointer<UInt8> {
        precondition(size <= capacity &- count, "more JSON than was reckoned")
        let place = unsafe start + count
        count &+= size
        return unsafe place
    }

    mutating func append(_ byte: UInt8) {
        unsafe advance(1).pointee = byte
    }

    mutating func append(_ bytes: [UInt8]) {
        append(bytes, 0, bytes.count)
    }

    /// Appends some bytes of an array.
    @inline(__always)
    mutating func append(_ bytes: [UInt8], _ first: Int, _ size: Int) {
        precondition(first >= 0 && size >= 0 && size <= bytes.count &- first, "bytes outside of the array")
        let place = unsafe advance(size)
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let source = buffer.baseAddress else { return }
            unsafe place.update(from: source + first, count: size)
        }
    }

    /// Appends bytes of a message as they are.
    mutating func append(_ bytes: RawSpan, _ first: Int, _ size: Int) {
        guard size > 0 else { return }
        let place = unsafe advance(size)
        unsafe bytes.extracting(first..<first &+ size).withUnsafeBytes { buffer in
            guard let source = buffer.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(place).copyMemory(from: source, byteCount: size)
        }
    }

    /// Appends decimal digits.
    mutating func append(_ number: UInt64) {
        if number < 10 { return append(0x30 + UInt8(truncatingIfNeeded: number)) }
        var size = 1
        var limit: UInt64 = 10
        while size < 20, number >= limit {
            size &+= 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            limit = overflow ? .max : next
            if overflow { break }
        }
        if size == 19, number >= 10_000_000_000_000_000_000 { size = 20 }
        let place = unsafe advance(size)
        var rest = number
        var index = size
        while index > 0 {
            index &-= 1
            let next = rest / 10
            unsafe place[index] = 0x30 + UInt8(truncatingIfNeeded: rest &- next &* 10)
            rest = next
        }
    }

    mutating func append(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(number.magnitude)
    }

    /// Appends two hexadecimal digits for each byte.
    mutating func appendHex(_ bytes: RawSpan, _ first: Int, _ size: Int) {
        let place = unsafe advance(2 * size)
        for index in 0..<size {
            let byte = bytes.byte(at: first &+ index)
            unsafe place[2 &* index] = Self.digit(byte >> 4)
            unsafe place[2 &* index &+ 1] = Self.digit(byte & 15)
        }
    }

    static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
