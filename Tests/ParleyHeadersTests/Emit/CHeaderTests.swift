import Foundation
import LayoutSamples
import ParleyHeaders
import ParleyWire
import Testing

/// The emitted header is C, its structs have the layout's offsets, and Parley reads the layout back.
@Suite struct CHeaderTests {
    private static func random(_ seed: UInt64, _ change: (inout RandomLayout.Features) -> Void)
        -> MessageLayout
    {
        var features = RandomLayout.Features()
        change(&features)
        var random = RandomLayout(seed: seed, name: "outer", features: features)
        return random.layout()
    }

    @Test func `what C can say comes back as it was, bits and unions as their machines count them`() throws {
        for seed in UInt64(1)...200 {
            let order: ByteOrder = seed % 2 == 0 ? .little : .big
            let abi: ABI = seed % 4 < 2 ? .x86_64Linux : .s390xLinux
            let layout = Self.random(seed) {
                $0.byteOrder = order
                $0.bitOrder = abi.byteOrder
            }
            let text = try layout.cHeader()
            let header = try CHeader(source: text, file: "outer.h", abi: abi)
            #expect(header.problems.isEmpty, "\(header.problems.first?.rendered ?? "")")
            let read = try header.layout(of: "outer", byteOrder: order)
            #expect(read.digest == layout.asCReadsIt.digest, "seed \(seed):\n\(text)")
            #expect(read.sizeMinimum == layout.sizeMinimum && read.isFixedSize == layout.isFixedSize)
        }
    }

    @Test func `every header compiles, also as C++, without a warning and with its offsets confirmed`() throws
    {
        guard let gcc = Tool.find("gcc") else { return Tool.skipped("gcc") }
        for seed in UInt64(1)...60 {
            let layout = Self.random(seed) {
                $0.isBeyondC = seed % 2 == 0
                $0.hasOddNames = false
            }
            try Self.compile(layout, with: gcc, "seed \(seed)")
        }
        // Bits from the high end: where none crosses a byte, both machines declare them.
        let ip = MessageLayout(
            name: "ip",
            packing: [
                .init("version", .bits(BitsType(width: 4))), .init("ihl", .bits(BitsType(width: 4))),
                .init("dscp", .bits(BitsType(width: 6))), .init("ecn", .bits(BitsType(width: 2))),
                .init("rest", .tail(TailType(.bytes))),
            ]
        )
        try Self.compile(ip, with: gcc, "ip")
        try Self.run(ip, with: gcc)
    }

    /// gcc's own reading of bits that the message counts from the high end.
    private static func run(_ layout: MessageLayout, with gcc: String) throws {
        let source =
            try layout.cHeader() + """
                #include <stdio.h>
                int main(void) {
                    union { unsigned char bytes[2]; struct ip ip; } u = { { 0x45, 0xB9 } };
                    printf("%u %u %u %u", u.ip.version, u.ip.ihl, u.ip.dscp, u.ip.ecn);
                    return 0;
                }
                """
        let folder = try Tool.folder()
        defer { Tool.remove(folder) }
        let file = folder.appending(path: "ip.c")
        try Data(source.utf8).write(to: file)
        let program = folder.appending(path: "ip").path
        let built = try Tool.run(gcc, ["-std=c11", file.path, "-o", program])
        #expect(built.status == 0, "\(built.output)")
        #expect(try Tool.run(program, []).output == "4 5 46 1")
    }

    private static func compile(_ layout: MessageLayout, with gcc: String, _ name: String) throws {
        let text = try layout.cHeader()
        let folder = try Tool.folder()
        defer { Tool.remove(folder) }
        let file = folder.appending(path: "message.h")
        try Data(text.utf8).write(to: file)
        for language in [["-std=c11", "-x", "c"], ["-std=c++17", "-x", "c++"]] {
            let flags = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"] + language + [file.path]
            let result = try Tool.run(gcc, flags)
            #expect(result.status == 0 && result.output.isEmpty, "\(name): \(result.output)\n\(text)")
        }
    }

    @Test func `bits that cross bytes stop other machines with a sentence`() throws {
        let layout = MessageLayout(
            name: "ip",
            packing: [
                .init("flags", .bits(BitsType(width: 3))), .init("fragment", .bits(BitsType(width: 13))),
            ]
        )
        let text = try layout.cHeader()
        #expect(text.contains("#if __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__"))
        #expect(throws: HeaderError.self) { try CHeader(source: text, file: "ip.h") }
    }

    @Test func `C's own words get an underscore and a comment`() throws {
        let layout = try MessageLayout(spelled: "default:u8 int:u16 größe:u8 0x:u8", name: "switch")
        let text = try layout.cHeader()
        #expect(text.contains("uint8_t default_;"))
        #expect(text.contains("(called default)"))
        #expect(text.contains("struct switch_ {"))
        #expect(text.contains("gr__e;") && text.contains("_0x;"))
    }
}

extension MessageLayout {
    /// The layout that a header of this one has for C: padding of whole bytes is a member, and nothing is
    /// constant, counted or closed.
    var asCReadsIt: MessageLayout {
        let fields = fields.map { field in
            var field = field
            if case .bits = field.type {
            } else {
                if field.role == .padding { field.name = "padding_\(field.offset)" }
                field.role = .value
            }
            field.type = field.type.asCReadsIt
            // A word of C++, which reads the header as well.
            if field.name == "class" { field.name = "class_" }
            return field
        }
        return MessageLayout(name: name, fields: fields)
    }

    /// Everything but padding bits, which a compiler leaves without a name: a line for each field.
    var digest: [String] {
        fields.filter { $0.role != .padding }.flatMap { field in
            field.type.digest.map { "\(name) \(field.offset) \(field.name) \(field.role) \($0)" }
        }
    }
}

extension FieldType {
    fileprivate var asCReadsIt: FieldType {
        switch self {
        case .message(let layout): .message(layout.asCReadsIt)
        case .array(let element, let count): .array(of: element.asCReadsIt, count: count)
        case .tail(let tail): .tail(TailType(tail.itemType.map { .items($0.asCReadsIt) } ?? tail.element))
        default: self
        }
    }

    fileprivate var digest: [String] {
        switch self {
        case .message(let layout): layout.digest
        case .array(let element, let count): element.digest.map { "[\(count)] \($0)" }
        case .tail(let tail): tail.itemType?.digest.map { "[] \($0)" } ?? ["\(tail)"]
        default: ["\(self)"]
        }
    }
}
