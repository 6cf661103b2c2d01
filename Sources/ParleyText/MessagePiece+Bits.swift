import ParleyWire

extension MessagePiece {
    /// The bits, when the field is a bit field.
    var bits: BitsType? {
        if case .bits(let bits) = type { bits } else { nil }
    }

    /// The field's bits among those of its bytes, which stand as they are sent: `0100....` for the first four
    /// of 45 in the order of RFCs. Nil for other fields, and when it is too long to be read at a glance.
    var bitPicture: String? {
        guard let bits, bytes.count <= 2 else { return nil }
        let digits = bytes.enumerated().map { index, byte in
            String(
                (0..<8).map { column -> Character in
                    // Columns go from the most significant bit of each byte down.
                    let place = 8 * index + (bits.order == .big ? column : 7 - column)
                    guard bits.firstBit..<bits.firstBit + bits.width ~= place else { return "." }
                    return byte >> (7 - column) & 1 == 1 ? "1" : "0"
                }
            )
        }
        return digits.joined(separator: " ")
    }

    /// Whether all of it is zero; of a bit field its own bits.
    var isZero: Bool {
        guard let bits else { return bytes.allSatisfy { $0 == 0 } }
        return (bits.firstBit..<bits.firstBit + bits.width).allSatisfy { place in
            let shift = bits.order == .big ? 7 - place % 8 : place % 8
            return bytes[place / 8] >> shift & 1 == 0
        }
    }
}

extension [MessagePiece] {
    /// The bytes of the run of bit fields that the piece at `index` begins, up to the next border between two
    /// fields that is one between two bytes; nil when it begins none.
    func bitRun(at index: Int) -> [UInt8]? {
        guard let first = self[index].bits, first.firstBit == 0 else { return nil }
        var bytes: [UInt8] = []
        for piece in self[index...] {
            guard let bits = piece.bits else { break }
            let known = self[index].offset + bytes.count - piece.offset
            bytes += piece.bytes.dropFirst(known)
            if (bits.firstBit + bits.width) % 8 == 0 { break }
        }
        return bytes
    }
}
