import SwiftSyntax

// The code for bit fields: one number for the bytes that they share, shifted for each.

extension MessageModel {
    func decoder(of segment: BitSegment, _ index: Int) -> [String] {
        let name = "bits\(index)"
        let read = segment.isWide ? "readWideBits" : "readBits"
        let first = segment.members[0].field.name.literal
        let isUsed = segment.members.contains { $0.field.kind != .reserved }
        let place = "\(isUsed ? "let \(name)" : "_") = "
        var lines = ["\(place)try reader.\(read)(\(segment.bytes), \(order), \(first))"]
        for member in segment.members {
            let field = member.field
            let back = segment.bytes - member.start / 8
            let rest = "width: \(member.width), back: \(back), \(field.name.literal))"
            let bits = bits(name, of: member, in: segment)
            switch field.kind {
            case .reserved:
                if !field.isAlreadySet { lines.append("self.\(field.spelling) = \(field.typeText)()") }
            case .constant:
                lines.append("try reader.expectBits(self.\(field.spelling), \(bits), \(rest)")
            default:
                lines.append(
                    "self.\(field.spelling) = try reader.bits(\(field.typeText).self, \(bits), \(rest)"
                )
            }
        }
        return lines
    }

    func encoder(of segment: BitSegment, _ index: Int) -> [String] {
        let name = "bits\(index)"
        let values = segment.members.filter { $0.field.kind != .reserved }
        let number = segment.isWide ? "UInt128" : "UInt64"
        var lines = ["\(values.isEmpty ? "let" : "var") \(name): \(number) = 0"]
        for member in values {
            let field = member.field
            // The byte that holds its first bit.
            let back = member.start / 8
            let offset = "output.byteCount" + (back == 0 ? "" : " + \(back)")
            let bits =
                "BitField.bits("
                + "self.\(field.spelling), width: \(member.width), at: \(offset), \(field.name.literal))"
            let value = segment.isWide ? "UInt128(\(bits))" : bits
            let shift = shift(of: member, in: segment)
            lines.append("\(name) |= try \(value)" + (shift == 0 ? "" : " << \(shift)"))
        }
        return lines + ["BitField.append(\(name), \(segment.bytes), \(order), to: &output)"]
    }

    /// An entry of the layout.
    func bitEntry(_ field: Field, _ width: Int) -> String {
        let entry = ".bits(\(field.name.literal), \(field.typeText).self, \(width), \(order))"
        guard field.kind == .constant else { return entry }
        let value = field.initialValue?.trimmedDescription ?? ""
        return entry + ".constant(\(value) as \(field.typeText))"
    }

    private var order: String { bitOrder }

    private func bits(_ name: String, of member: BitSegment.Member, in segment: BitSegment) -> String {
        let shift = shift(of: member, in: segment)
        let bits = shift == 0 ? name : "\(name) >> \(shift)"
        return segment.isWide ? "UInt64(truncatingIfNeeded: \(bits))" : bits
    }

    private func shift(of member: BitSegment.Member, in segment: BitSegment) -> Int {
        isLeastSignificantFirst ? member.start : segment.width - member.start - member.width
    }
}
