import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyHeaders

/// Structs with everything that compilers place.
enum PlanSamples {
    static let text = """
        #include <stdint.h>
        enum kind { HELLO = 1, DATA = 2 };
        struct plain { uint8_t name[13]; uint32_t math; uint32_t chinese; };
        struct closed { uint8_t name[13]; uint32_t math; uint32_t chinese; } __attribute__((packed));
        struct point { char tag; int32_t x[2]; };
        struct nested { uint16_t id; struct point where; struct point path[3]; uint8_t last; };
        struct bits { unsigned a : 3, b : 7, c : 12; uint8_t d; uint16_t e : 9; };
        struct wide { char c; long stamp; double weight; enum kind kind; long long big; };
        struct grid { uint8_t first; uint16_t cells[2][3]; float f[2]; };
        struct either { uint8_t kind; union { uint8_t raw[6]; uint32_t word; } u; uint16_t check; };
        struct tail { uint32_t math; uint16_t count; uint16_t items[]; };
        struct empty {};
        """

    static func header(_ abi: ABI, packing: CHeader.Packing = .asWritten) throws -> CHeader {
        try CHeader(source: text, file: "plans.h", abi: abi, packing: packing)
    }

    static func plans(_ name: String) throws -> [StructurePlan] {
        try ABI.all.map { StructurePlan(try header($0).structure(name), $0, packing: .asWritten) }
    }
}

@Suite struct StructurePlanTests {
    @Test func `every bit is a field's or a gap's, and never both`() throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            let source = RandomHeader(seed: seed, count: 5).text
            for abi in ABI.all {
                let header = try CHeader(source: source, file: "random.h", abi: abi)
                for name in header.structs {
                    guard let structure = try? header.structure(name) else { continue }
                    let plan = StructurePlan(structure, abi, packing: .asWritten)
                    check(plan, "seed \(seed), \(abi.name), \(name)")
                }
            }
        }
    }

    private func check(_ plan: StructurePlan, _ place: String) {
        var owners = [Int](repeating: 0, count: plan.size * 8)
        for field in plan.fields where !field.hasMembers {
            for bit in field.firstBit..<field.end { owners[bit] = 1 }
        }
        for field in plan.fields where field.hasMembers && field.bitCount > field.elementSize * 8 {
            for bit in field.firstBit + field.elementSize * 8..<field.end { owners[bit] = 1 }
        }
        for gap in plan.gaps {
            for bit in gap.firstBit..<gap.end { owners[bit] += owners[bit] == 0 ? 1 : 10 }
        }
        #expect(owners.allSatisfy { $0 == 1 }, "\(place)")
        let ends = plan.gaps.filter(\.isTail)
        #expect(ends.count <= 1 && ends.allSatisfy { $0.end == plan.size * 8 }, "\(place)")
    }

    @Test func `holes, the padding at the end, and what repeats`() throws {
        func gaps(_ name: String, _ abi: ABI) throws -> [StructurePlan.Gap] {
            StructurePlan(try PlanSamples.header(abi).structure(name), abi, packing: .asWritten).gaps
        }
        #expect(
            try gaps("plain", .x86_64Linux) == [
                .init(firstBit: 13 * 8, bitCount: 24, isTail: false, after: "name")
            ]
        )
        #expect(try gaps("closed", .x86_64Linux).isEmpty)
        #expect(try gaps("plain", .avr).isEmpty)
        #expect(
            try gaps("nested", .x86_64Linux) == [
                .init(firstBit: 16, bitCount: 16, isTail: false, after: "id"),
                .init(firstBit: 40, bitCount: 24, isTail: false, after: "where.tag", depth: 1),
                .init(firstBit: 136, bitCount: 24, isTail: false, after: "path.tag", depth: 1, repeats: 3),
                .init(firstBit: 53 * 8, bitCount: 24, isTail: true, after: "last"),
            ]
        )
        let either = try gaps("either", .x86_64Linux)
        #expect(either.map(\.after) == ["kind", "u.word", "check"])
        let bits = try gaps("bits", .x86_64Linux)
        #expect(bits.map(\.firstBit) == [22, 41] && bits.map(\.bitCount) == [2, 23], "\(bits)")
    }

    @Test func `machines that put every field at the same place share a lane`() throws {
        let study = try HeaderStudy(
            HeaderSource(file: "plans.h", text: PlanSamples.text),
            abis: [.x86_64Linux, .avr, .m68kLinux, .s390xLinux]
        )
        let plain = try study.comparison(of: "plain")
        #expect(plain.lanes.map(\.labels) == [["x86-64", "s390x"], ["avr", "packed"], ["m68k"]])
        #expect(plain.lanes.map(\.plan.size) == [24, 21, 22])
        #expect(plain.lanes[1].alignments() == 1...1)
        let closed = try study.comparison(of: "closed")
        #expect(closed.lanes.map(\.labels) == [["x86-64", "avr", "m68k", "s390x", "packed"]])
        // Bit fields lie at the other end where the order is another.
        #expect(
            try study.comparison(of: "bits").lanes.allSatisfy {
                Set($0.plans.map(\.machine.byteOrder)).count == 1
            }
        )
        #expect(throws: HeaderError.self) { try study.comparison(of: "nobody") }
        #expect(study.failures.isEmpty)
    }

    @Test func `a header that one machine refuses is still drawn for the others`() throws {
        let source = HeaderSource(
            file: "one.h",
            text: "#ifdef __AVR__\n#error not here\n#endif\nstruct s { int x; };"
        )
        let study = try HeaderStudy(source, abis: [.avr, .x86_64Linux])
        #expect(study.failures.map(\.abi.name) == ["avr"])
        #expect(try study.comparison(of: "s").plans.map(\.machine.name) == ["x86-64", "x86-64"])
        #expect(throws: HeaderError.self) { try HeaderStudy(source, abis: [.avr]) }
    }

    @Test func `the room in a tail is what the limit leaves, and depends on where the tail begins`() throws {
        let study = try HeaderStudy(
            HeaderSource(
                file: "tail.h",
                text: "#include <stdint.h>\nstruct t { uint32_t a; uint8_t b; uint16_t items[]; };"
            ),
            abis: [.x86_64Linux, .avr]
        )
        let rooms = try study.rooms(of: "t", tail: nil)
        #expect(rooms.map(\.offset) == [6, 5])
        #expect(rooms.map(\.machines) == [["x86-64"], ["x86-64 packed", "avr", "avr packed"]])
        #expect(rooms[0].itemSize == 2)
        #expect(rooms[0].bytes(under: .dns) == 506 && rooms[0].items(under: .dns) == 253)
        #expect(rooms[1].bytes(under: .dns) == 507 && rooms[1].items(under: .dns) == 253)
        #expect(rooms[0].classicalBytes == 512 - 8 - 6)
        #expect(TailRoom(field: "t", itemSize: 1, offset: 1000).classicalBytes == 0)
        #expect(TailRoom.limits.map(\.limit.bytes) == TailRoom.limits.map(\.limit.bytes).sorted())
        #expect(throws: HeaderError.self) { try study.rooms(of: "t", tail: "a") }
    }

    @Test func `a spelled layout has a plan, bits and unions too`() throws {
        let plan = StructurePlan(try MessageLayout(spelled: "id:u16 n:u32[3] text:text"))
        #expect(plan.fields.map(\.path) == ["id", "n", "text"])
        #expect(plan.fields.map(\.offset) == [0, 2, 14])
        #expect(plan.fields.map(\.isOpen) == [false, false, true])
        #expect(plan.gaps.isEmpty && plan.size == 14)
        let bits = StructurePlan(
            MessageLayout(
                name: "bits",
                packing: [
                    .init("version", .bits(BitsType(width: 4))),
                    .init("ihl", .bits(BitsType(width: 4, firstBit: 4))), .init("tos", UInt8.fieldType),
                ]
            )
        )
        #expect(bits.fields.map(\.firstBit) == [0, 4, 8] && bits.fields.map(\.bitCount) == [4, 4, 8])
    }
}
