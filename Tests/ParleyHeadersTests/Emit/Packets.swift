import LayoutSamples
import ParleyWire

/// Packets in a file that Wireshark reads.
struct Packets {
    private(set) var bytes: [UInt8]
    private var count: UInt32 = 0

    init() {
        // Microseconds, version 2.4, raw IP.
        bytes =
            [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
            + Self.little(262_144) + Self.little(101)
    }

    mutating func add(udp payload: [UInt8], to port: UInt16) {
        let datagram =
            Self.big(40_000) + Self.big(port) + Self.big(UInt16(8 + payload.count)) + [0, 0] + payload
        add(datagram, protocolNumber: 17)
    }

    /// A segment of a stream, in order; `sequence` counts its bytes.
    mutating func add(tcp payload: [UInt8], to port: UInt16, sequence: inout UInt32) {
        var segment = Self.big(40_000) + Self.big(port)
        segment += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sequence >> $0) } + [0, 0, 0, 1]
        segment += [0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0] + payload
        sequence += UInt32(payload.count)
        add(segment, protocolNumber: 6)
    }

    private mutating func add(_ body: [UInt8], protocolNumber: UInt8) {
        let size = UInt16(20 + body.count)
        var packet: [UInt8] = [0x45, 0] + Self.big(size) + [0, 0, 0, 0, 64, protocolNumber, 0, 0]
        packet += [127, 0, 0, 1, 127, 0, 0, 1] + body
        bytes += Self.little(count) + Self.little(0) + Self.little(UInt32(size)) + Self.little(UInt32(size))
        bytes += packet
        count += 1
    }

    private static func little(_ number: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func big(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    }
}

/// What a dissector is to show of a message: filter names and values, in order.
struct Shown: Equatable, CustomStringConvertible {
    var name: String
    var value: String

    var description: String { "\(name)=\(value)" }

    static func fields(of layout: MessageLayout, _ values: FieldValues, _ path: String) -> [Shown] {
        var shown: [Shown] = []
        for field in layout.fields {
            switch field.role {
            case .reserved, .padding: continue
            default: break
            }
            guard let value = values[field.name] else { continue }
            shown += Self.fields(of: field.type, value, path + "." + field.name)
        }
        guard let variants = layout.variants else { return shown }
        for variant in variants.cases {
            guard case .message(let body)? = values[variant.name] else { continue }
            if variants.placement == .before {
                shown.append(Shown(name: path + "." + variants.tagName, value: "\(variant.tag)"))
            }
            shown += fields(of: .message(variant.layout), .message(body), path + "." + variant.name)
        }
        return shown
    }

    private static func fields(of type: FieldType, _ value: FieldValue, _ path: String) -> [Shown] {
        func one(_ text: String) -> [Shown] { [Shown(name: path, value: text)] }
        switch (type, value) {
        case (_, .signed(let number)): return one("\(number)")
        case (_, .unsigned(let number)): return one("\(number)")
        case (_, .bool(let flag)): return one(flag ? "1" : "0")
        case (_, .float(let number)):
            return one(number == number.rounded() ? "\(Int(number))" : "\(number)")
        case (.text, .bytes):
            return one(value.string ?? "")
        case (.tail(let tail), .bytes(let bytes)) where tail.element == .text:
            return bytes.isEmpty ? [] : one(value.string ?? "")
        case (_, .bytes(let bytes)):
            let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
            return bytes.isEmpty ? [] : one(hex)
        case (.array(let element, _), .array(let items)):
            return items.flatMap { fields(of: element, $0, path) }
        case (.tail(let tail), .array(let items)):
            return tail.itemType.map { item in items.flatMap { fields(of: item, $0, path) } } ?? []
        // A branch of the tree has no value of its own.
        case (.message(let layout), .message(let values)): return one("") + fields(of: layout, values, path)
        case (.union(let union), .message(let values)):
            return one("")
                + union.valueNames.flatMap { name -> [Shown] in
                    guard let type = union.type(of: name), let value = values[name] else { return [] }
                    return fields(of: type, value, path + "." + name)
                }
        default: return []
        }
    }
}
