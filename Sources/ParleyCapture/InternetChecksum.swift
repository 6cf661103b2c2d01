/// The checksum of IP, UDP and TCP (RFC 1071): the complement of the sum of all 16-bit words in ones'
/// complement arithmetic.
struct InternetChecksum {
    private var sum: UInt64 = 0

    /// Adds bytes. Only the last ones may be odd in number.
    mutating func add(_ bytes: some Collection<UInt8>) {
        var high: UInt8?
        for byte in bytes {
            if let first = high {
                sum &+= UInt64(first) << 8 | UInt64(byte)
                high = nil
            } else {
                high = byte
            }
        }
        if let high { sum &+= UInt64(high) << 8 }
    }

    /// The checksum of all that was added.
    var value: UInt16 {
        var folded = sum
        while folded > 0xFFFF { folded = folded & 0xFFFF + folded >> 16 }
        return ~UInt16(folded)
    }
}
