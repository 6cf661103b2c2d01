import ParleyHeaders
import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyText

@Suite struct StructureDrawingTests {
    @Test func `the drawing of two machines at 80 columns is frozen`() throws {
        let drawing = try StructureSamples.drawing("score_st", [.x86_64Linux, .m68kLinux])
        #expect(drawing.text == StructureSnapshots.score)
    }

    @Test func `bit fields, nested structs, arrays, unions and the tail are frozen`() throws {
        let drawing = try StructureSamples.drawing("packet", [.x86_64Linux, .s390xLinux])
        #expect(drawing.text == StructureSnapshots.packet)
    }

    @Test func `a struct without bytes says so`() throws {
        #expect(try StructureSamples.drawing("empty").text.contains("\nIt has no bytes.\n"))
    }

    @Test func `no line is wider than the terminal, no field is missing`() throws {
        for columns in [40, 53, 66, 80, 100, 132, 200, 300] {
            for name in ["score_st", "packet", "point", "empty"] {
                for abis in [[ABI.x86_64Linux], [.x86_64Linux, .avr, .m68kLinux], ABI.all] {
                    let drawing = try StructureSamples.drawing(name, abis, columns: columns)
                    for line in drawing.text.split(separator: "\n") {
                        #expect(line.count <= columns, "\(columns): \(line)")
                        #expect(line.last != " ")
                    }
                    for field in drawing.comparison.plans[0].fields {
                        #expect(drawing.text.contains(field.name), "\(columns): \(field.path)")
                    }
                }
            }
        }
    }

    @Test func `blocks cover every byte once, in order`() throws {
        for name in ["score_st", "packet", "point"] {
            for plan in try StructureSamples.drawing(name, ABI.all).comparison.plans {
                var end = 0
                for segment in plan.segments({ _ in 0 }) {
                    #expect(segment.first == end, "\(name) on \(plan.machine.name): \(segment)")
                    end = segment.end
                }
                #expect(end == plan.size)
            }
        }
    }

    @Test func `the inside of a long field is left out`() throws {
        let header = "struct s { int id; char buffer[1 << 28]; short check; char tail[]; };"
        let study = try HeaderStudy(HeaderSource(file: "h.h", text: header), abis: [.x86_64Linux, .avr])
        let comparison = try study.comparison(of: "s")
        let text = StructureDrawing(comparison).text
        #expect(text.split(separator: "\n").count < 40 && text.contains("⋮"), "\(text)")
        for name in ["│id", "┊buffer", "│check", "│tail[] ▸"] {
            #expect(text.contains(name), "\(text)")
        }
        let svg = StructurePicture([comparison]).svg
        #expect(svg.utf8.count < 40_000 && svg.contains("⋮") && svg.contains(">check</text>"))
    }

    @Test func `names from strangers command no terminal`() {
        let drawing = StructureDrawing(
            StructureSamples.hostile,
            copies: StructureSamples.hostile.copies,
            columns: 80
        )
        for scalar in drawing.text.unicodeScalars {
            #expect(scalar == "\n" || SafeText.isPrintable(scalar), "\(scalar.value)")
        }
    }

    @Test func `colour changes no letter, and a field has one colour everywhere`() throws {
        let drawing = try StructureSamples.drawing("score_st", [.x86_64Linux, .m68kLinux])
        #expect(drawing.lines.map { $0.map(\.text).joined() + "\n" }.joined() == drawing.text)
        let inks = Set(drawing.lines.joined().filter { $0.text.hasPrefix("math") }.map(\.ink))
        #expect(inks == [.field(1)])
    }

    @Test func `the JSON is frozen`() throws {
        let drawing = try StructureSamples.drawing("point", [.x86_64Linux, .avr])
        #expect(drawing.json.description == StructureSnapshots.pointJSON)
    }

    @Test func `the room in a tail, in JSON`() throws {
        let layout = try MessageLayout(spelled: "id:u16 items:u32[]")
        let comparison = StructureComparison(name: layout.name, plans: [StructurePlan(layout)])
        let room = try #require(TailRoom(layout))
        let json = StructureDrawing(comparison, rooms: [room]).json.description
        #expect(
            json.contains(
                #""rooms":[{"field":"items","offset":2,"itemSize":4,"layouts":[],"limits":[{"limit":"IPv4's guarantee with "#
                    + #"all options","bytes":508,"room":506,"items":126}"#
            )
        )
        #expect(json.hasSuffix(#""room":212958,"items":53239}],"classical":502}]}"#))
    }

    @Test func `what changed is shown as two lanes, sentences and a verdict`() throws {
        let headers = try ["uint32_t a; uint16_t b;", "uint16_t x; uint32_t a; uint16_t b;"].map {
            try CHeader(
                source: "#include <stdint.h>\nstruct s { \($0) } __attribute__((packed));",
                file: "h.h"
            )
        }
        let difference = try HeaderDifference(old: headers[0], new: headers[1]).structs[0]
        let drawing = DifferenceDrawing(difference, oldFile: "old.h", newFile: "new.h")
        #expect(drawing.text == StructureSnapshots.difference)
        #expect(drawing.json.description == StructureSnapshots.differenceJSON)
    }
}
