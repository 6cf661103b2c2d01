import ParleyWire
import Testing

@testable import ParleyHeaders

/// Types that say their byte order are read and written in it, whatever order is asked for.
@Suite struct ByteOrderTests {
    private static let text = """
        #include <linux/types.h>
        struct k {
            __u8 kind; __le32 x; __be16 y; __be16 ports[2]; uint16_t plain; __sum16 sum;
        } __attribute__((packed));
        """

    private func header(_ text: String = ByteOrderTests.text, _ abi: ABI = .x86_64Linux) throws -> CHeader {
        try CHeader(source: text, file: "k.h", abi: abi)
    }

    private func order(_ layout: MessageLayout, _ name: String) -> ByteOrder? {
        func order(_ type: FieldType) -> ByteOrder? {
            switch type {
            case .integer(let integer): integer.order
            case .array(let element, _): order(element)
            case .tail(let tail): tail.itemType.flatMap(order)
            default: nil
            }
        }
        return layout.field(name).flatMap { order($0.type) }
    }

    @Test func `the type's order wins over the one that is asked for`() throws {
        for abi in [ABI.x86_64Linux, .s390xLinux, .windowsX64, .avr] {
            for asked in [ByteOrder.big, .little] {
                let layout = try header(Self.text, abi).layout(of: "k", byteOrder: asked)
                #expect(order(layout, "x") == .little && order(layout, "y") == .big)
                #expect(order(layout, "ports") == .big && order(layout, "sum") == .big)
                #expect(order(layout, "plain") == asked)
            }
        }
    }

    @Test func `messages are encoded and decoded in it`() throws {
        let layout = try header().layout(of: "k")
        let bytes: [UInt8] = [1, 4, 3, 2, 1, 5, 6, 0, 1, 0, 2, 7, 8, 9, 10]
        let message = try DynamicMessage(decoding: unsafe bytes.span.bytes, as: layout)
        let again = try DynamicMessage(layout: layout, values: message.values)
        #expect(again.bytes == bytes)
        #expect(message["x"] == .unsigned(0x0102_0304) && message["y"] == .unsigned(0x0506))
    }

    @Test(arguments: [
        ("typedef unsigned int __be32;", "__be32", ByteOrder.big),
        ("#define __b __attribute__((bitwise))\ntypedef unsigned short __b __le16;", "__le16", .little),
        ("#include <netinet/in.h>", "in_port_t", .big), ("#include <netinet/in.h>", "in_addr_t", .big),
        ("#include <stdint.h>\ntypedef uint16_t rte_be16_t;", "rte_be16_t", .big),
        ("#include <stdint.h>\ntypedef uint64_t ovs_be64;", "ovs_be64", .big),
        ("#include <stdint.h>\ntypedef uint32_t le32_t;", "le32_t", .little),
        ("#include <stdint.h>\ntypedef uint32_t uint32_be;", "uint32_be", .big),
        ("#include <stdint.h>\ntypedef int16_t s16le;", "s16le", .little),
        ("#include <linux/types.h>\ntypedef __le64 cookie_t;", "cookie_t", .little),
        ("#include <linux/types.h>\ntypedef __be32 pair_t[2];", "pair_t", .big),
        ("#include <linux/types.h>", "__aligned_be64", .big),
    ])
    func `the type may be the kernel's, POSIX's or the header's own`(
        _ before: String,
        _ type: String,
        _ order: ByteOrder
    ) throws {
        let header = try header(before + "\nstruct s { \(type) v; };")
        let other: ByteOrder = order == .big ? .little : .big
        #expect(self.order(try header.layout(of: "s", byteOrder: other), "v") == order)
        #expect(try header.structure("s").members[0].byteOrder == order)
    }

    @Test(arguments: [
        "typedef unsigned char be16;", "typedef unsigned int able32;", "typedef unsigned int tube32_t;",
        "typedef float be32;", "typedef unsigned be, le; typedef be be16x;", "typedef unsigned int __wsum;",
    ])
    func `a name that only looks like it says nothing`(_ before: String) throws {
        let name = before.split(separator: " ").last.map { $0.filter { $0 != ";" } } ?? ""
        let header = try header(before + "\nstruct s { \(name) v; };")
        #expect(try header.structure("s").members[0].byteOrder == nil)
    }

    @Test func `a copy between machines leaves its bytes as they are`() throws {
        let study = try HeaderStudy(
            HeaderSource(file: "k.h", text: Self.text),
            abis: [.x86_64Linux, .s390xLinux]
        )
        let comparison = try study.comparison(of: "k")
        let copy = try #require(comparison.copies.first)
        #expect(copy.faults.map(\.field) == ["plain"])
        #expect(copy.intact == ["kind", "x", "y", "ports", "sum"])
        let typed = try #require(comparison.typedOrders)
        #expect(typed.contains("x is little-endian everywhere, as the type __le32 says."))
        let big = "y, ports and sum are big-endian everywhere, as the types __be16 and __sum16 say."
        #expect(typed.contains(big))
    }

    @Test func `another order in a new header is a change, the network's by type is none`() throws {
        func difference(_ old: String, _ new: String) throws -> StructureDifference.Verdict {
            func header(_ type: String) throws -> CHeader {
                try self.header("#include <linux/types.h>\nstruct s { \(type) v; };")
            }
            return try #require(HeaderDifference(old: header(old), new: header(new)).structs.first).verdict
        }
        #expect(try difference("__be32", "__le32") == .broken)
        #expect(try difference("__u32", "__le32") == .broken)
        #expect(try difference("__u32", "__be32") == .same)
    }

    @Test func `texts in other languages say it field by field`() throws {
        let layout = try header().layout(of: "k", byteOrder: .big)
        var named = layout
        named.name = "kernel"
        #expect(try named.cHeader().contains("uint32_t x;         /* 1: little-endian: le32toh() */"))
        #expect(try named.swiftSource().contains("var x: LittleEndian<UInt32>"))
        let kaitai = try named.kaitaiStruct()
        #expect(kaitai.contains("type: u4le") && kaitai.contains("type: u2be"))
        let lua = try named.wiresharkDissector()
        #expect(lua.contains("tree:add_le(f.x,") && lua.contains("tree:add(f.y,"))
    }
}
