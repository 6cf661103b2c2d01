import Foundation
import LayoutSamples
import ParleyHeaders
import ParleyMacros
import ParleyTypes
import Testing

/// The Swift that Parley writes for a layout compiles, has that layout, and has its bytes.
///
/// The files in Generated are what is written for these layouts; they are compiled here as anybody's code.
/// After a change, write them anew: PARLEY_WRITE_GENERATED=1 swift test --filter EmittedTests
@Suite struct EmittedTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Generated")

    static let header = """
        #include <stdint.h>
        #include <stdbool.h>
        enum paint { RED = 1, GREEN, BLUE = 300, default_paint = 1 };
        enum __attribute__((packed)) level { LOW = -1, HIGH = 2 };
        struct position { int16_t x, y; };
        struct report {
            uint8_t name[13];
            char in[8];
            uint32_t math;
            enum paint paint;
            enum level level;
            bool flag;
            struct position from, to;
            struct { uint8_t a; uint16_t b; } pair[2];
            float f;
            double d;
            uint16_t grid[2][3];
            int64_t class;
            uint32_t tail[];
        };
        """

    static func fromHeader(_ order: ByteOrder) throws -> MessageLayout {
        guard order == .little else {
            return try CHeader(source: header, file: "report.h").layout(of: "report")
        }
        // The same with other names: the types live side by side.
        var text = header
        for name in ["report", "position", "paint", "level"] {
            text = text.replacingOccurrences(of: name, with: name + "_le")
        }
        return try CHeader(source: text, file: "report.h").layout(of: "report_le", byteOrder: .little)
    }

    static func random(_ seed: UInt64) -> MessageLayout {
        var features = RandomLayout.Features()
        features.isBeyondC = true
        features.bitOrder = seed % 2 == 0 ? .little : .big
        var random = RandomLayout(seed: seed, name: "random\(seed)", features: features)
        return random.layout()
    }

    static func spelled() throws -> MessageLayout {
        try MessageLayout(
            spelled: "magic:u32le=0xCAFE _:u16 größe:u8 self_:i8 n:u16le items:u16le[n]",
            name: "spelled_out"
        )
    }

    static let randomSeeds: ClosedRange<UInt64> = 1...24

    /// Every layout with the name of its file.
    static func all() throws -> [(file: String, layout: MessageLayout)] {
        var all = [
            ("Report", try fromHeader(.big)), ("ReportLittle", try fromHeader(.little)),
            ("Spelled", try spelled()),
        ]
        for seed in randomSeeds { all.append(("Random\(seed)", random(seed))) }
        return all
    }

    @Test func `the compiled files are what is written today`() throws {
        let isWriting = ProcessInfo.processInfo.environment["PARLEY_WRITE_GENERATED"] != nil
        for (file, layout) in try Self.all() {
            let text =
                try "// swift-format-ignore-file\n"
                + layout.swiftSource(EmissionOptions(swiftModule: "ParleyMacros"))
            let place = Self.folder.appending(path: "\(file).swift")
            if isWriting { try Data(text.utf8).write(to: place) }
            let compiled = try String(contentsOf: place, encoding: .utf8)
            #expect(compiled == text, "\(file) is written otherwise now: see above how to write it anew")
        }
    }

    /// Same layout, same bytes both ways, for random values and for damaged bytes.
    static func compare<Message: WireMessage>(_ type: Message.Type, _ layout: MessageLayout, seed: UInt64)
        throws
    {
        #expect(Message.layout == layout.asSwiftSaysIt, "\(layout.name)")
        let compiled = CompiledLayout(layout)
        var values = RandomValues(seed: seed)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let message = try DynamicMessage(as: compiled, values: values.values(of: layout))
            let decoded = try Message(decoding: message.bytes)
            #expect(try decoded.encodedBytes() == message.bytes, "\(layout.name): \(message.bytes)")
            var damaged = message.bytes
            for _ in 0..<2 where !damaged.isEmpty {
                damaged[Int.random(in: damaged.indices, using: &random)] = .random(in: 0...9, using: &random)
            }
            let one = try? Message(decoding: damaged).encodedBytes()
            let other = unsafe try? DynamicMessage(decoding: damaged.span.bytes, as: compiled).bytes
            #expect(one == other, "\(layout.name): \(damaged)")
        }
    }

    @Test func `a header's struct, in both byte orders`() throws {
        try Self.compare(report.self, Self.fromHeader(.big), seed: 1)
        try Self.compare(report_le.self, Self.fromHeader(.little), seed: 2)
        #expect(Paint.BLUE.rawValue == 300)
    }

    @Test func `a spelled layout with a constant and a count`() throws {
        try Self.compare(spelled_out.self, Self.spelled(), seed: 3)
    }

    @Test func `random layouts`() throws {
        try Self.compareRandom()
    }
}

extension MessageLayout {
    /// What a `@WireMessage` type can say: padding is reserved, reserved bytes are bytes, single bytes have no
    /// order, open enumerations of bits are numbers.
    var asSwiftSaysIt: MessageLayout {
        var names = Set(fields.filter { $0.role != .padding }.map(\.name))
        let fields = fields.map { field in
            var field = field
            if field.role == .padding {
                field.role = .reserved
                var number = 2
                field.name = "padding"
                while !names.insert(field.name).inserted {
                    field.name = "padding_\(number)"
                    number += 1
                }
            }
            field.type = field.type.asSwiftSaysIt
            if field.role == .reserved {
                if case .bits = field.type {} else { field.type = .bytes(count: field.type.sizeMinimum) }
            }
            return field
        }
        var variants = variants
        let cases = (variants?.cases ?? []).map { variant in
            Variants.Case(tag: variant.tag, name: variant.name, layout: variant.layout.asSwiftSaysIt)
        }
        variants?.cases = cases
        if variants?.tag.bytes == 1 { variants?.tag.order = .big }
        return MessageLayout(name: name, packing: fields, variants: variants)
    }
}

extension FieldType {
    fileprivate var asSwiftSaysIt: FieldType {
        switch self {
        case .integer(var integer):
            if integer.bytes == 1 { integer.order = .big }
            return .integer(integer)
        case .enumeration(var enumeration):
            if enumeration.integer.bytes == 1 { enumeration.integer.order = .big }
            return .enumeration(enumeration)
        case .bits(var bits):
            guard bits.isOpen, case .enumeration = bits.kind else { return self }
            bits.kind = bits.isSigned ? .signed : .unsigned
            return .bits(bits)
        case .array(let element, let count): return .array(of: element.asSwiftSaysIt, count: count)
        case .message(let layout): return .message(layout.asSwiftSaysIt)
        case .tail(var tail):
            if let item = tail.itemType { tail.element = .items(item.asSwiftSaysIt) }
            return .tail(tail)
        case .union(var union):
            union.members = union.members.map { .init($0.name, $0.type.asSwiftSaysIt) }
            return .union(union)
        default: return self
        }
    }
}
