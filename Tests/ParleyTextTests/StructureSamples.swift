import ParleyHeaders
import ParleyText
import ParleyWire

/// Headers and plans that the tests of drawings share.
enum StructureSamples {
    static let text = """
        #include <stdint.h>
        struct score_st {
            uint8_t name[13];
            uint32_t math;
            uint32_t chinese;
        };
        struct point { char tag; int32_t x[2]; };
        struct packet {
            uint8_t version : 4, flags : 3;
            uint16_t check;
            struct point where;
            struct point path[2];
            union { uint8_t raw[6]; uint32_t word; } u;
            char text[];
        };
        struct empty {};
        """

    static func drawing(
        _ name: String,
        _ abis: [ABI] = [.x86_64Linux],
        columns: Int = 80
    ) throws -> StructureDrawing {
        let study = try HeaderStudy(HeaderSource(file: "proto.h", text: text), abis: abis)
        let comparison = try study.comparison(of: name)
        return StructureDrawing(
            comparison,
            copies: comparison.copies,
            rooms: try study.rooms(of: name, tail: nil),
            columns: columns
        )
    }

    /// Names that terminals and XML would obey, as no header can have them.
    static var hostile: StructureComparison {
        let names = [
            "a\u{1b}[31m", "<script>&\"", "b\nc", String(repeating: "long", count: 30), "\u{202e}rtl",
        ]
        let fields = names.enumerated().map { place, name in
            StructurePlan.Field(
                path: name,
                type: "<t>\u{7}",
                kind: .integer(isSigned: false),
                firstBit: place * 16,
                bitCount: 8
            )
        }
        let machine = StructurePlan.Machine(name: "m<\u{1b}>", byteOrder: .big)
        let plan = StructurePlan(
            machine: machine,
            packing: .asWritten,
            size: 10,
            alignment: 2,
            fields: fields
        )
        return StructureComparison(
            name: "s\u{1b}<&>",
            location: SourceLocation(file: "f\u{7}.h", line: 1),
            plans: [plan]
        )
    }
}
