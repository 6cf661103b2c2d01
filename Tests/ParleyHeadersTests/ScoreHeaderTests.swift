import ParleyHeaders
import ParleyWire
import Testing

@Suite struct ScoreHeaderTests {
    static let score = """
        #ifndef PROTO_H__
        #define PROTO_H__
        #include <stdint.h>

        #define RCVPORT "8089"   /* the receiver's port */
        #define NAMESIZE 13

        struct msg_st {
            uint8_t name[NAMESIZE];
            uint32_t math;
            uint32_t chinese;
        } __attribute__((packed));

        #endif
        """

    static let tail = """
        #pragma once
        #include <stdint.h>
        #define RCVPORT "8089"
        #define NAMEMAX (512-8-8)

        struct msg_st {
            uint32_t math;
            uint32_t chinese;
            uint8_t name[1];
        } __attribute__((packed));
        """

    @Test func scoreHeaderGivesTheBytesOfThePackedStruct() throws {
        let header = try CHeader(source: Self.score, file: "proto.h")
        let layout = try header.layout(of: "msg_st")
        let number = FieldType.integer(IntegerType(bytes: 4, isSigned: false))
        #expect(
            layout
                == MessageLayout(
                    name: "msg_st",
                    packing: [
                        .init("name", .bytes(count: 13)), .init("math", number), .init("chinese", number),
                    ]
                )
        )
        #expect(layout.sizeMinimum == 21)
        #expect(header.structs == ["msg_st"])
        #expect(
            header.constants == [
                .init(name: "RCVPORT", value: .text("8089")), .init(name: "NAMESIZE", value: .integer(13)),
            ]
        )
        #expect(header.remarks.isEmpty)
        #expect(header.problems.isEmpty)
        #expect(try header.remarks(on: "msg_st").isEmpty)
    }

    @Test func arrayOfOneIsATailOnlyWhenNamed() throws {
        let header = try CHeader(source: Self.tail, file: "proto.h")
        let plain = try header.layout(of: "struct msg_st")
        #expect(plain.fields.last == .init("name", .bytes(count: 1), offset: 8))
        #expect(try header.remarks(on: "msg_st").map(\.reason) == [.arrayOfOne(field: "name")])
        let open = try header.layout(of: "msg_st", tail: "name")
        #expect(open.tail == .init("name", .tail(TailType(.bytes)), offset: 8))
        #expect(try header.remarks(on: "msg_st", tail: "name").isEmpty)
        #expect(header.constants.contains(.init(name: "NAMEMAX", value: .integer(496))))
    }

    @Test func byteOrderIsTheCallers() throws {
        let header = try CHeader(source: Self.score, file: "proto.h")
        let layout = try header.layout(of: "msg_st", byteOrder: .little)
        #expect(
            layout.field("math")?.type == .integer(IntegerType(bytes: 4, isSigned: false, order: .little))
        )
    }

    @Test func unknownTypeIsShownWithItsLine() throws {
        let source = Self.score.replacing("uint32_t math", with: "uint32 math")
        let header = try CHeader(source: source, file: "proto.h")
        let error = #expect(throws: HeaderError.self) { try header.layout(of: "msg_st") }
        #expect(
            error?.rendered == """
                proto.h:10:5: error: there is no type uint32
                        uint32 math;
                        ^~~~~~
                hint: did you mean uint32_t?
                """
        )
    }
}
