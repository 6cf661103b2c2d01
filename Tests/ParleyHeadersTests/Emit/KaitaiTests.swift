import LayoutSamples
import ParleyHeaders
import ParleyWire
import Testing

/// The Kaitai Struct description, as it stands. No compiler of Kaitai is at hand in CI: the text was read
/// against the format's reference, and its YAML by Python.
@Suite struct KaitaiTests {
    @Test func `a message with everything that Kaitai says in another way`() throws {
        let layout = try MessageLayout(
            spelled: "magic:u32le=0xCAFE _:u16 Name:char[13] flag:bool grid:u16[2][3] n:u16 items:u16le[n]",
            name: "Sample"
        )
        #expect(try layout.kaitaiStruct() == Self.sample)
    }

    @Test func `random layouts have one entry for each field, and each type is defined once`() throws {
        for seed in UInt64(1)...100 {
            var features = RandomLayout.Features()
            features.isBeyondC = true
            features.bitOrder = nil
            var random = RandomLayout(seed: seed, name: "outer", features: features)
            let layout = random.layout()
            if layout.sizeMaximum == 0 { continue }
            let lines = try layout.kaitaiStruct().split(separator: "\n").map(String.init)
            let types = lines.drop { $0 != "types:" }.prefix { $0 != "enums:" }
                .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            #expect(Set(types).count == types.count)
            let entries = lines.prefix { $0 != "types:" }.filter { $0.hasPrefix("  - id: ") }
            #expect(entries.count == layout.fields.count + (layout.variants == nil ? 0 : 2), "seed \(seed)")
            let used = lines.compactMap { $0.firstMatch(of: /type: ([a-z_0-9]*_[a-z_0-9]*)$/)?.1 }
            for type in used { #expect(types.contains("  \(type):"), "seed \(seed): \(type)") }
        }
    }

    private static let sample = """
        # The messages of Sample. Written by parley layout --emit kaitai.
        meta:
          id: sample
          title: "Sample"
          ks-version: "0.10"
          endian: be
          bit-endian: be
        seq:
          - id: magic
            type: u4le
            valid: 51966
          - id: reserved1
            size: 2
            doc: reserved, sent as zero
          - id: name
            -orig-id: "Name"
            type: strz
            size: 13
            encoding: UTF-8
          - id: flag
            type: u1
            valid:
              max: 1
            doc: a Boolean, 0 or 1
          - id: grid
            type: grid_list
            repeat: expr
            repeat-expr: 2
          - id: n
            type: u2be
          - id: items
            type: u2le
            repeat: expr
            repeat-expr: n
        types:
          grid_list:
            seq:
              - id: row
                type: u2be
                repeat: expr
                repeat-expr: 3

        """
}
