import ParleyHeaders
import Testing

@testable import ParleyText

@Suite struct StructurePictureTests {
    @Test func `a picture is well-formed XML, whatever the names are`() throws {
        for comparison in [
            StructureSamples.hostile, try StructureSamples.drawing("packet", ABI.all).comparison,
            try StructureSamples.drawing("score_st").comparison,
            try StructureSamples.drawing("empty").comparison,
        ] {
            let svg = StructurePicture([comparison, comparison]).svg
            #expect(svg.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns="))
            #expect(Self.fault(in: svg) == nil)
            // XML 1.0 forbids control characters, escaped or not.
            #expect(svg.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F })
        }
    }

    @Test func `every field is in the picture, within its borders`() throws {
        let comparison = try StructureSamples.drawing("packet", [.x86_64Linux, .m68kLinux]).comparison
        let svg = StructurePicture([comparison]).svg
        for field in comparison.plans[0].fields where !field.hasMembers {
            #expect(svg.contains(field.path), "\(field.path)")
        }
        let size = try #require(svg.firstMatch(of: /viewBox="0 0 ([0-9.]+) ([0-9.]+)"/))
        let (width, height) = (try #require(Double(size.1)), try #require(Double(size.2)))
        let rectangles = svg.matches(
            of: /<rect x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)"/
        )
        #expect(rectangles.count > 20)
        for match in rectangles {
            let numbers = [match.1, match.2, match.3, match.4].compactMap { Double($0) }
            #expect(numbers[0] + numbers[2] <= width && numbers[1] + numbers[3] <= height, "\(match.0)")
        }
    }

    @Test func `gaps are hatched, as many as the plans have`() throws {
        let comparison = try StructureSamples.drawing("score_st", [.x86_64Linux, .m68kLinux]).comparison
        let svg = StructurePicture([comparison]).svg
        #expect(svg.contains("<title>3 bytes of padding at byte 13</title>"))
        #expect(svg.contains("<title>1 byte of padding at byte 13</title>"))
        // Two gaps and the legend.
        #expect(svg.matches(of: /fill="url\(#gap\)"/).count == 3)
        #expect(
            !StructurePicture([try StructureSamples.drawing("empty").comparison]).svg.contains(
                "fill=\"url(#gap)"
            )
        )
    }

    @Test func `numbers of the picture are short and exact`() {
        let readings: [(Double, String)] = [
            (0, "0"), (1.5, "1.5"), (2.25, "2.25"), (3.001, "3"), (-0.5, "-0.5"), (0.05, "0.05"),
        ]
        for (value, text) in readings { #expect(SVGWriter.number(value) == text) }
    }

    /// The first place where tags do not match, nil when all do.
    private static func fault(in xml: String) -> String? {
        var open: [String] = []
        var rest = xml[...]
        while let start = rest.firstIndex(of: "<") {
            if rest[..<start].contains(">") { return "> outside of a tag" }
            guard let end = rest[start...].firstIndex(of: ">") else { return "a tag without an end" }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?") { continue }
            if tag.contains("<") { return "< in \(tag)" }
            if tag.filter({ $0 == "\"" }).count % 2 != 0 { return "quotes in \(tag)" }
            if tag.hasPrefix("/") {
                guard open.popLast() == String(tag.dropFirst()) else { return "\(tag) closes nothing" }
            } else if !tag.hasSuffix("/") {
                open.append(String(tag.prefix { $0 != " " && $0 != "\n" }))
            }
        }
        for entity in xml.matches(of: /&[^;]{0,6};?/)
        where entity.0.wholeMatch(of: /&(amp|lt|gt|quot);/) == nil {
            return "\(entity.0)"
        }
        return open.isEmpty ? nil : "not closed: \(open)"
    }
}
