import ParleyText
import ParleyWire
import Testing

@Suite struct AssignmentTests {
    static let fields =
        "the fields are name: char[13]; math: u32, 0...4294967295; chinese: u32, 0...4294967295"

    static func score(_ assignments: String...) throws(MessageTextError) -> DynamicMessage {
        try DynamicMessage(assignments: assignments, as: Samples.score)
    }

    @Test(
        "Numbers are decimal, hexadecimal, octal or binary",
        arguments: ["77", "+77", "0x4D", "0X4d", "0o115", "0b1001101", "077"]
    )
    func bases(text: String) throws {
        let message = try Self.score("name=Li", "math=99", "chinese=\(text)")
        #expect(message["chinese"] == .unsigned(77))
        #expect(message["name"]?.string == "Li")
    }

    @Test("Text may hold any character, an equals sign too, and be empty")
    func text() throws {
        #expect(try Self.score("name=a=b c", "math=1", "chinese=2")["name"]?.string == "a=b c")
        #expect(try Self.score("name=", "math=1", "chinese=2")["name"]?.string == "")
        #expect(try Self.score("name=text:@x", "math=1", "chinese=2")["name"]?.string == "@x")
        #expect(try Self.score("name=hex:4c 69", "math=1", "chinese=2")["name"]?.string == "Li")
        #expect(try Self.score("name=0x4c69", "math=1", "chinese=2")["name"]?.string == "0x4c69")
    }

    @Test(
        "Errors name the field and list all with types and limits",
        arguments: [
            (["name=Li", "math=99"], "chinese needs a value; "),
            (["name=Li", "mth=99", "chinese=1"], "mth: there is no such field; did you mean math? "),
            (["name=Li", "math=4294967296", "chinese=1"], "math: 4294967296 is outside 0...4294967295; "),
            (["name=Li", "math=-1", "chinese=1"], "math: -1 is outside 0...4294967295; "),
            (
                ["name=Li", "math=340282366920938463463374", "chinese=1"],
                "math: 340282366920938463463374 is outside 0...4294967295; "
            ),
            (["name=Li", "math=many", "chinese=1"], "math: “many” is not readable as u32; "),
            (["name=Li", "math=--1", "chinese=1"], "math: “--1” is not readable as u32; "),
            (["name=Li", "math=", "chinese=1"], "math: “” is not readable as u32; "),
            (
                ["name=Fourteen bytes", "math=1", "chinese=1"],
                "name: 14 bytes do not fit into a field of 13; "
            ),
            (["Li"], "“Li” is not of the form field=value; "),
            (["=Li"], "“=Li” is not of the form field=value; "),
            (["name.=Li"], "“name.=Li” is not of the form field=value; "),
            (["name.x=Li"], "name: expected text, at most 13 bytes, found fields of it; "),
        ]
    )
    func errors(assignments: [String], message: String) {
        let error = #expect(throws: MessageTextError.self) {
            try DynamicMessage(assignments: assignments, as: Samples.score)
        }
        let fields = message.hasSuffix("? ") ? "T" + Self.fields.dropFirst() : Self.fields
        #expect(error?.description == message + fields)
    }

    @Test("A field is given once")
    func twice() {
        let error = #expect(throws: MessageTextError.self) { try Self.score("math=1", "math=2") }
        #expect(error == .assignedTwice("math"))
        #expect(throws: MessageTextError.assignedTwice("a.b")) {
            try DynamicMessage(assignments: ["a=1", "a.b=2"], as: Samples.score)
        }
    }

    @Test("Nested fields, arrays, names of cases, floats and Booleans")
    func everything() throws {
        let message = try DynamicMessage(
            assignments: [
                "small=-5", "wide=0xFFFFFFFFFFFFFFFF", "single=0.5", "double=1e300", "flag=true",
                "colour=green",
                "key=0x0001feff", "grid=1,2,0x3", "origin.x=-1", "origin.y=1", "points[1].y=4",
                "points[0].x=1",
                "points[0].y=2", "points[1].x=3",
            ],
            as: Samples.everything
        )
        #expect(try message == DynamicMessage(as: Samples.everything, values: Samples.everythingValues))
    }

    @Test("Structures and arrays may be given as JSON")
    func json() throws {
        let message = try DynamicMessage(
            assignments: [
                "small=-5", "wide=18446744073709551615", "single=0.5", "double=1e300", "flag=1", "colour=2",
                "key=hex:00 01 fe ff", "grid=[1,2,3]", #"origin={"x":-1,"y":1}"#,
                #"points=[{"x":1,"y":2},{"x":3,"y":4}]"#,
            ],
            as: Samples.everything
        )
        #expect(try message == DynamicMessage(as: Samples.everything, values: Samples.everythingValues))
    }

    @Test("Text in a field of bytes is padded with NUL; digits must be all of its bytes")
    func bytes() throws {
        let message = try DynamicMessage(
            assignments: ["name=Li", "math=1", "chinese=2"],
            as: Samples.byteScore
        )
        #expect(message.bytes.prefix(13) == ArraySlice(Array("Li".utf8) + Array(repeating: 0, count: 11)))
        let error = #expect(throws: MessageTextError.self) {
            try DynamicMessage(assignments: ["name=0x4c69", "math=1", "chinese=2"], as: Samples.byteScore)
        }
        #expect(error?.description == "name has exactly 13 bytes, 2 are given")
        let digits = #expect(throws: MessageTextError.self) {
            try DynamicMessage(assignments: ["name=hex:4c6", "math=1", "chinese=2"], as: Samples.byteScore)
        }
        #expect(digits?.description == "name: column 4: a byte has two digits, one is missing")
    }

    @Test("A file's content comes through the loader; what it cannot load is told")
    func files() throws {
        let load: FileLoader = { path throws(FileFailure) in
            guard path == "name.txt" else { throw FileFailure(reason: "no such file") }
            return Array("Li".utf8)
        }
        let message = try DynamicMessage(
            assignments: ["name=@name.txt", "math=1", "chinese=2"],
            as: Samples.score,
            load: load
        )
        #expect(message["name"]?.string == "Li")
        let error = #expect(throws: MessageTextError.self) {
            try DynamicMessage(
                assignments: ["name=@other", "math=1", "chinese=2"],
                as: Samples.score,
                load: load
            )
        }
        #expect(error?.description == "name: other: no such file")
    }

    @Test("A tagged union is chosen by naming a field of a case")
    func variants() throws {
        let message = try DynamicMessage(assignments: ["hello.name=Li"], as: Samples.kinds())
        #expect(message.bytes == [1] + Array("Li\0\0".utf8))
        let error = #expect(throws: MessageTextError.self) {
            try DynamicMessage(assignments: ["hello.name=Li", "data.body=x"], as: Samples.kinds())
        }
        #expect(
            error?.description == """
                the message: expected one of hello, data, found hello and data; the fields are one of \
                hello, data
                """
        )
    }
}
