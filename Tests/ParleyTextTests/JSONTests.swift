import ParleyText
import ParleyTypes
import ParleyWire
import Testing

@Suite struct JSONTests {
    @Test(
        "JSON is read strictly and written back as it was",
        arguments: [
            "null", "true", "false", "0", "-0", "18446744073709551615", "-9223372036854775808", "1.5e-3",
            "[]", "{}",
            "[1,[2,{\"a\":null}],\"x\"]", "\"\\\"\\\\\\n\\r\\t\\u0001\\u007f\\u2028\"", "\"é漢😀\"",
            "{\"b\":1,\"a\":2}",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text).description == text)
    }

    @Test("Blanks around tokens mean nothing, escapes are characters")
    func lenientSpelling() throws {
        let value = try JSONValue(parsing: " { \"a\" : [ 1 , \"\\u00e9\\ud83d\\ude00\\/\\b\\f\" ] }\r\n")
        #expect(value["a"] == .array([.integer(1), .string("é😀/\u{8}\u{c}")]))
    }

    @Test(
        "What is not JSON is refused at its column",
        arguments: [
            ("", "column 1: the JSON ends here, expected a value"),
            ("{\"a\":1,}", "column 8: expected a name in quotation marks, found }"),
            ("[1,]", "column 4: expected a value, found ]"),
            ("[1 2]", "column 4: expected a comma or ], found 2"),
            ("01", "column 2: expected the end, found 1"),
            ("+1", "column 1: expected a value, found +"),
            ("1.", "column 3: the JSON ends here, expected a digit"),
            ("1e", "column 3: the JSON ends here, expected a digit"),
            (".5", "column 1: expected a value, found ."),
            ("1e999", "column 1: the number 1e999 is too large"),
            ("NaN", "column 1: expected a value, found N"),
            ("trup", "column 4: expected true, found p"),
            ("\"a", "column 3: the JSON ends here, expected a closing quotation mark"),
            ("\"\n\"", "column 2: the control character 10 in a string must be escaped"),
            ("\"\\x\"", "column 3: expected one of \" \\ / b f n r t u, found x"),
            ("\"\\ud800\"", "column 3: the string is not valid Unicode"),
            ("\"\\u12g4\"", "column 6: expected four hex digits, found g"),
            ("{\"a\":1,\"a\":2}", "column 8: the name “a” stands here twice"),
            ("// x", "column 1: expected a value, found /"),
        ]
    )
    func errors(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == message)
    }

    @Test("Nesting is bounded, so a line of brackets is an error and no crash")
    func depth() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try JSONValue(parsing: deep)
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[" + deep + "]") }
        #expect(error?.reason == .tooDeep(maximum: 64))
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: String(repeating: "[{\"a\":", count: 100_000))
        }
    }

    @Test("Strings that are no UTF-8 are refused")
    func notUTF8() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(error?.reason == .notUnicode)
    }

    @Test("Seeded damage never stops the parser, and what it reads it can write and read again")
    func fuzz() throws {
        var generator = SeededGenerator(seed: 7)
        let seed = Array(#"{"name":"Li\u00e9","math":[1,-2.5e3,true],"x":{"y":null}}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                    in: 0...255,
                    using: &generator
                )
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect(try JSONValue(parsing: value.description) == value)
        }
    }

    @Test("Numbers keep every digit; floats are the shortest digits that give them back")
    func numbers() throws {
        #expect(JSONValue.integer(UInt64.max).description == "18446744073709551615")
        #expect(JSONValue.single(0.1).description == "0.1")
        #expect(JSONValue.double(0.1 + 0.2).description == "0.30000000000000004")
        #expect(JSONValue.double(1e300).description == "1e+300")
        #expect(JSONValue.double(.nan).description == "\"NaN\"")
        #expect(JSONValue.double(-.infinity).description == "\"-Infinity\"")
        #expect(try JSONValue(parsing: "1e+300") == .double(1e300))
    }
}

@Suite struct JSONMessageTests {
    @Test("A message is one object with its fields in the order of the layout")
    func fields() throws {
        let message = try DynamicMessage(
            as: Samples.score,
            values: ["name": "Li", "math": 99, "chinese": 77]
        )
        #expect(message.json().description == #"{"name":"Li","math":99,"chinese":77}"#)
    }

    @Test("Every kind of field is written as docs/json.md says, and reading gives the same bytes")
    func everything() throws {
        let message = try DynamicMessage(as: Samples.everything, values: Samples.everythingValues)
        let json = message.json()
        #expect(
            json.description == """
                {"magic":51966,"small":-5,"wide":18446744073709551615,"single":0.5,"double":1e+300,"flag":true,\
                "colour":"green","key":"hex:0001feff","grid":[1,2,3],"origin":{"x":-1,"y":1},"count":2,\
                "points":[{"x":1,"y":2},{"x":3,"y":4}]}
                """
        )
        #expect(
            try DynamicMessage(json: try JSONValue(parsing: json.description), as: Samples.everything)
                == message
        )
    }

    @Test("Any bytes of a layout come back from their JSON; only text loses what follows its NUL")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 11)
        let layout = CompiledLayout(
            MessageLayout(
                name: "M",
                packing: [
                    .init("single", .float(bytes: 4, order: .big)), .init("key", .bytes(count: 3)),
                    .init("colour", Samples.colour), .init("signed", Samples.i32),
                    .init("rest", .tail(TailType(.text))),
                ]
            )
        )
        try roundTripOfBytes(&generator)
        for _ in 0..<3000 {
            var bytes = (0..<Int.random(in: 13...20, using: &generator)).map { _ in
                UInt8.random(in: 1...255, using: &generator)
            }
            if bytes[0] & 0x7F == 0x7F { bytes[0] = 0 }  // Payloads of NaN have no JSON.
            let message = try DynamicMessage(bytes, as: layout)
            let text = message.json().description
            #expect(
                try DynamicMessage(json: JSONValue(parsing: text), as: layout) == message,
                "\(bytes): \(text)"
            )
        }
    }

    /// NULs in and behind what looks like text: a tail of bytes keeps them, a field of fixed size gets them back.
    private func roundTripOfBytes(_ generator: inout SeededGenerator) throws {
        for count in [nil, CountUnit.bytes] {
            let layout = CompiledLayout(
                MessageLayout(
                    name: "M",
                    packing: [
                        .init("name", .bytes(count: 6)),
                        .init(
                            "size",
                            Samples.u8,
                            role: count == nil ? .value : .count
                        ),
                        .init(
                            "rest",
                            .tail(TailType(.bytes, count: count.map { .init(field: "size", unit: $0) }))
                        ),
                    ]
                )
            )
            for _ in 0..<3000 {
                let letters = Int.random(in: 0...6, using: &generator)
                let name =
                    [UInt8](repeating: 0x61, count: letters) + [UInt8](repeating: 0, count: 6 - letters)
                let rest = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                    [0, 0, 0x61, 0x7A, 0x0A, 0xFF].randomElement(using: &generator) ?? 0 as UInt8
                }
                let message = try DynamicMessage(name + [UInt8(rest.count)] + rest, as: layout)
                let text = message.json().description
                #expect(
                    try DynamicMessage(json: JSONValue(parsing: text), as: layout).bytes == message.bytes,
                    "\(message.bytes): \(text)"
                )
            }
        }
    }

    @Test("Text that looks like our mark for bytes is written as bytes")
    func mark() throws {
        let message = try DynamicMessage(
            as: Samples.score,
            values: ["name": "hex:41", "math": 1, "chinese": 2]
        )
        let json = message.json()
        #expect(json["name"] == .string("hex:6865783a343100000000000000"))
        #expect(try DynamicMessage(json: json, as: Samples.score) == message)
    }

    @Test("Tagged unions are an object under the case's name; unknown ones keep their tag and bytes")
    func variants() throws {
        let hello = try DynamicMessage([1] + Array("Li\0\0".utf8), as: Samples.kinds())
        #expect(hello.json().description == #"{"hello":{"name":"Li"}}"#)
        #expect(try DynamicMessage(json: hello.json(), as: Samples.kinds()) == hello)
        let unknown = try DynamicMessage([9, 0, 1], as: Samples.kinds(isOpen: true))
        #expect(unknown.json().description == #"{"kind":9,"bytes":"hex:0001"}"#)
        #expect(try DynamicMessage(json: unknown.json(), as: Samples.kinds(isOpen: true)) == unknown)
    }

    @Test(
        "A wrong object is refused with the field and all fields",
        arguments: [
            (#"{"name":"Li","math":99}"#, "chinese needs a value; "),
            (
                #"{"name":"Li","math":99,"chinese":1,"mth":2}"#,
                "mth: there is no such field; did you mean math? "
            ),
            (#"{"name":"Li","math":4294967296,"chinese":1}"#, "math: 4294967296 is outside 0...4294967295; "),
            (#"{"name":"Li","math":1.5,"chinese":1}"#, "math: 1.5 is outside 0...4294967295; "),
            (
                #"{"name":"Li","math":99999999999999999999,"chinese":1}"#,
                "math: 99999999999999999999 is outside 0...4294967295; "
            ),
            (#"{"name":"Li","math":null,"chinese":1}"#, "math: expected u32, found null; "),
            (
                #"{"name":"A name that is too long","math":1,"chinese":1}"#,
                "name: 23 bytes do not fit into a field of 13; "
            ),
            ("[]", "the message: expected msg_st, found an array; "),
        ]
    )
    func errors(text: String, message: String) {
        let error = #expect(throws: MessageTextError.self) {
            try DynamicMessage(json: JSONValue(parsing: text), as: Samples.score)
        }
        #expect(
            error?.description == message + (message.hasSuffix("? ") ? "The" : "the")
                + " fields are name: char[13]; math: u32, 0...4294967295; chinese: u32, 0...4294967295"
        )
    }

    @Test("Schema lines are frozen: names, order and values")
    func schemas() throws {
        let time = WallTime(secondsSince1970: 1_795_234_567, nanoseconds: 123_456_789)
        let score = try DynamicMessage(as: Samples.score, values: ["name": "Li", "math": 99, "chinese": 77])
        let start =
            #"{"schema":"parley.receive/1","peer":"127.0.0.1:40000","time":"2026-11-21T04:16:07.123456Z","#
        func received(_ content: JSONLine.Content) -> String {
            JSONLine.received(content, from: "127.0.0.1:40000", at: time).description
        }
        #expect(received(.message(score)) == start + #""fields":{"name":"Li","math":99,"chinese":77}}"#)
        #expect(received(.text("a\tb")) == start + #""text":"a\tb"}"#)
        #expect(received(.bytes([0, 255])) == start + #""bytes":"00ff"}"#)
        #expect(received(.json(.array([.null]))) == start + #""json":[null]}"#)
        #expect(
            JSONLine.received(.text("a"), from: "127.0.0.1:40000", at: time, arrival: time).description
                == start + #""text":"a","arrival":"2026-11-21T04:16:07.123456789Z"}"#
        )
        #expect(
            JSONLine.received(.text("a"), from: "127.0.0.1:40000", at: time, answers: 7).description
                == start + #""text":"a","answers":7}"#
        )
        let error = WireError(.tooShort(needed: 4, found: 1), field: "math", offset: 13)
        #expect(
            JSONLine.misfit(error, [1, 2], from: "127.0.0.1:40000", at: time).description == """
                {"schema":"parley.misfit/1","peer":"127.0.0.1:40000","time":"2026-11-21T04:16:07.123456Z",\
                "field":"math","offset":13,\
                "reason":"the message ends too early: 4 bytes are needed here, 1 is left","bytes":"0102"}
                """
        )
        #expect(
            JSONLine.misfit(error, [1], from: "@a", at: time, arrival: time).description.hasSuffix(
                #","bytes":"01","arrival":"2026-11-21T04:16:07.123456789Z"}"#
            )
        )
        #expect(
            JSONLine.failed("no", remedy: "try", exitCode: 4).description
                == #"{"schema":"parley.error/1","error":"no","remedy":"try","exit":4}"#
        )
    }

    @Test(
        "Times are RFC 3339 in UTC, also before 1970 and on leap days",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"), (4_102_444_799, "2099-12-31T23:59:59.000000Z"),
        ]
    )
    func times(seconds: Int64, text: String) {
        #expect(WallTime(secondsSince1970: seconds).description == text)
    }
}
