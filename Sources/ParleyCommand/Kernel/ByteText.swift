import ParleyText
import ParleyTypes

/// Text put together as bytes: tens of thousands of lines are written without a string for each cell.
struct ByteText {
    var bytes: [UInt8] = []

    mutating func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { bytes.append(unsafe text.utf8Start[index]) }
    }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(string: String) { bytes.append(contentsOf: string.utf8) }

    mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        var rest = UInt64(number)
        guard rest >= 10 else { return bytes.append(48 + UInt8(truncatingIfNeeded: rest)) }
        let start = bytes.count
        while rest > 0 {
            bytes.append(48 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    mutating func append(number: Int32) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(number.magnitude)
    }

    mutating func append(spaces count: Int) {
        for _ in 0..<max(0, count) { bytes.append(UInt8(ascii: " ")) }
    }

    /// `127.0.0.1:8089`, `[fe80::1%2]:8089`, `/run/a.sock`, `@name`, as `SocketAddress` describes itself.
    mutating func append(_ address: SocketAddress) {
        switch address {
        case .ipv4(let host, let port):
            append(host.rawValue >> 24)
            append(byte: UInt8(ascii: "."))
            append(host.rawValue >> 16 & 255)
            append(byte: UInt8(ascii: "."))
            append(host.rawValue >> 8 & 255)
            append(byte: UInt8(ascii: "."))
            append(host.rawValue & 255)
            append(byte: UInt8(ascii: ":"))
            append(port)
        case .ipv6, .unix: append(string: address.description)
        }
    }

    /// `"…"` with JSON's escapes.
    mutating func append(quoted text: String) {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        guard isPlain else { return append(string: JSONValue.string(text).description) }
        append(byte: 0x22)
        append(string: text)
        append(byte: 0x22)
    }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
}

extension ByteText {
    /// Bytes of another text.
    mutating func append(_ other: [UInt8], _ range: Range<Int>) {
        bytes.append(contentsOf: other[range])
    }
}
