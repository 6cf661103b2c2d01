import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyHeaders

/// What `layout` says about a memcpy, against the bytes themselves.
@Suite struct MemoryCopyTests {
    /// The judge is the decoder: random bytes are read as both machines read their memory. A field that is
    /// said to arrive has the same value every time; one that is said not to has another one some time.
    @Test func `fields that are said to arrive have the same value, the others do not`() throws {
        let names = ["plain", "closed", "nested", "bits", "wide", "grid", "either"]
        var random = SeededGenerator(seed: 3)
        var checked = 0
        for name in names {
            let machines = try ABI.all.map { abi in
                let header = try PlanSamples.header(abi)
                return (
                    plan: StructurePlan(try header.structure(name), abi, packing: .asWritten),
                    layout: CompiledLayout(try header.layout(of: name, byteOrder: abi.byteOrder))
                )
            }
            for source in machines {
                for target in machines {
                    let copy = MemoryCopy(from: source.plan, to: [target.plan])
                    var differing: Set<String> = []
                    for _ in 0..<24 {
                        let count = max(source.plan.size, target.plan.size)
                        let bytes = (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
                        let sent = try Self.values(bytes, source.layout, source.plan)
                        let read = try Self.values(bytes, target.layout, target.plan)
                        for (path, value) in sent where read[path] != value { differing.insert(path) }
                    }
                    let place = "\(name) from \(source.plan.machine.name) to \(target.plan.machine.name)"
                    let faulty = Set(copy.faults.compactMap(\.field))
                    for path in copy.intact { #expect(!differing.contains(path), "\(place): \(path)") }
                    let leaves = source.plan.fields.filter { !$0.hasMembers }.map(\.path)
                    for path in leaves where faulty.contains(path) {
                        #expect(differing.contains(path), "\(place): \(path)")
                    }
                    #expect(Set(copy.intact).union(faulty).isSuperset(of: leaves), "\(place)")
                    checked += leaves.count
                }
            }
        }
        #expect(checked > 4000)
    }

    /// The values of the leaves, by path; arrays of structs by their first element, unions by each member.
    private static func values(
        _ bytes: [UInt8],
        _ layout: CompiledLayout,
        _ plan: StructurePlan
    ) throws -> [String: String] {
        let message = unsafe try DynamicMessage(decoding: Array(bytes[..<plan.size]).span.bytes, as: layout)
        var values: [String: String] = [:]
        for field in plan.fields where !field.hasMembers {
            var value: FieldValue? = .message(message.values)
            for name in field.path.split(separator: ".") {
                if case .array(let elements)? = value { value = elements.first }
                guard case .message(let inner)? = value else { break }
                value = inner[String(name)]
            }
            // As text, because a NaN equals nothing.
            values[field.path] = value.map { "\($0)" }
        }
        return values
    }

    private func faults(_ text: String, _ source: ABI, _ targets: [ABI]) throws -> [MemoryCopy.Fault] {
        let plans = try ([source] + targets).map { abi in
            let header = try CHeader(source: "#include <stdint.h>\n" + text, file: "f.h", abi: abi)
            return StructurePlan(try header.structure("s"), abi, packing: .asWritten)
        }
        return MemoryCopy(from: plans[0], to: Array(plans[1...])).faults
    }

    @Test func `each cause has its sentence`() throws {
        func sentence(_ text: String, _ source: ABI, _ target: ABI) throws -> String? {
            try faults("struct s { \(text) };", source, [target]).first.map {
                "\($0.field ?? "-") \($0.sentence)"
            }
        }
        #expect(try sentence("double d;", .x86_64Linux, .avr) == "d has 4 bytes (not 8, less precise) on avr")
        #expect(try sentence("uint16_t x;", .x86_64Linux, .s390xLinux) == "x has its bytes reversed on s390x")
        #expect(
            try sentence("uint16_t x[2];", .x86_64Linux, .s390xLinux)
                == "x has the bytes of each element reversed on s390x"
        )
        #expect(
            try sentence("void *p;", .x86_64Linux, .aarch64Linux)
                == "p is an address in the sender's memory, which means nothing on aarch64"
        )
        #expect(
            try sentence("char c;", .x86_64Linux, .arm32Linux)
                == "c is unsigned, so values with the highest bit set are other numbers on arm32"
        )
        #expect(try sentence("char text[8];", .x86_64Linux, .arm32Linux) == nil)
        #expect(
            try sentence("unsigned a : 4; unsigned b : 4;", .x86_64Linux, .m68kLinux)
                == "a lies in bits 7 to 4 of byte 0 (not bits 3 to 0 of byte 0) on m68k"
        )
        #expect(
            try sentence("char c; long long x;", .x86_64Linux, .i386Linux)
                == "x begins at byte 4 (not 8) on i386"
        )
        #expect(
            try sentence("long double x;", .x86_64Linux, .aarch64Linux)
                == "x may have another format (long double) on aarch64"
        )
    }

    @Test func `one sentence a field, machines named together where the same happens`() throws {
        let faults = try faults(
            "struct s { char c; uint32_t x; };",
            .x86_64Linux,
            [.avr, .s390xLinux, .ppc64Linux, .m68kLinux]
        )
        #expect(
            faults.map { "\($0.field ?? "-"): \($0.sentence)" } == [
                "c: is unsigned, so values with the highest bit set are other numbers on s390x and ppc64",
                "x: begins at byte 1 (not 4) on avr; begins at byte 2 (not 4) on m68k; "
                    + "has its bytes reversed on s390x, ppc64 and m68k",
                "-: the 3 bytes of padding on x86-64 carry whatever memory held; sizeof is 5 (not 8) on avr; "
                    + "sizeof is 6 (not 8) on m68k",
            ]
        )
        #expect(faults[1].causes == [.moved, .moved, .byteOrder])
    }

    @Test func `on the wire numbers are swapped, bit fields are not`() throws {
        let header = try CHeader(
            source: "#include <stdint.h>\nstruct s { uint8_t low:4, high:4; uint16_t n; };",
            file: "f.h"
        )
        let structure = try header.structure("s")
        let packed = try CHeader(
            source: "#include <stdint.h>\nstruct s { uint8_t low:4, high:4; uint16_t n; };",
            file: "f.h",
            packing: .packed
        )
        let comparison = StructureComparison(
            name: "s",
            location: structure.location,
            plans: [
                StructurePlan(structure, .x86_64Linux, packing: .asWritten),
                StructurePlan(try packed.structure("s"), .x86_64Linux, packing: .packed),
            ]
        )
        let copy = try #require(comparison.copies.first)
        #expect(copy.intact == ["low", "high"])
        #expect(copy.faults.compactMap(\.field) == ["n"])
        // As encode has it.
        let message = try DynamicMessage(
            layout: try packed.layout(of: "s"),
            values: ["low": 5, "high": 4, "n": 0x0102]
        )
        #expect(message.bytes == [0x45, 1, 2])
    }

    @Test func `bit fields have signs, too`() throws {
        let faults = try faults("struct s { char c:7; };", .x86_64Linux, [.aarch64Linux])
        #expect(faults.first?.causes == [.sign])
    }
}
