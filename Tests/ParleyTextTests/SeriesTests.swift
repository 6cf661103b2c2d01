import ParleyTypes
import ParleyWire
import Testing

@testable import ParleyText

/// Messages written once and sent often, each with its number and its time.
@Suite struct SeriesTests {
    private static let time = WallTime(secondsSince1970: 1_764_587_959, nanoseconds: 123_456_789)

    private static let layout = CompiledLayout(
        MessageLayout(
            name: "beat",
            packing: [
                .init("small", Samples.u8), .init("n", Samples.u32), .init("signed", Samples.i32),
                .init("long", Samples.u64), .init("seconds", .float(bytes: 8, order: .big)),
                .init("flag", .bool),
                .init("colour", Samples.colour), .init("name", .bytes(count: 30)),
                .init("text", .tail(TailType(.text))),
            ]
        )
    )

    private static let others = [
        "flag=true", "colour=red", "signed=0", "seconds=0", "long=0", "n=0", "small=0", "text=",
    ]

    /// A message of the layout with these assignments, everything else as it is above.
    private func message(_ number: UInt64, _ words: String...) throws -> DynamicMessage {
        let names = words.map { $0.prefix { $0 != "=" } }
        var rest = Self.others.filter { word in !names.contains { word.hasPrefix($0 + "=") } }
        if !names.contains("name") { rest.append("name=") }
        let series = try MessageSeries(words + rest, as: Self.layout, load: nil, filling: nil)
        return try series.message(number, at: Self.time)
    }

    private func text(_ message: DynamicMessage, _ name: String = "text") throws -> String {
        guard case .bytes(let bytes)? = message[name] else {
            throw WireError(.missingField(type: "text"), field: name)
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    @Test(arguments: [0, 1, 255, 256, 65_535, 1 << 32, .max] as [UInt64])
    func `numbers wrap where their field does, and are whole in text`(_ number: UInt64) throws {
        let found = try message(
            number,
            "n={n}",
            "small={n}",
            "long={n}",
            "signed={n}",
            "text=no. {n}!",
            "seconds={n}"
        )
        #expect(found["n"] == .unsigned(number & 0xFFFF_FFFF))
        #expect(found["small"] == .unsigned(number & 0xFF))
        #expect(found["long"] == .unsigned(number))
        #expect(found["signed"] == .signed(Int64(Int32(truncatingIfNeeded: number))))
        #expect(found["seconds"] == .float(Double(number)))
        #expect(try text(found) == "no. \(number)!")
    }

    @Test func `a time is in the finest unit for which its field has room`() throws {
        let found = try message(
            0,
            "long={time}",
            "n={time}",
            "seconds={time}",
            "text={time}",
            "name=at {time:s}."
        )
        #expect(found["long"] == .unsigned(1_764_587_959_123_456_789))
        #expect(found["n"] == .unsigned(1_764_587_959))
        #expect(found["seconds"] == .float(1_764_587_959.1234567))
        #expect(try text(found) == "\(Self.time)")
        #expect(try text(found, "name") == "at 1764587959.")
    }

    @Test(
        arguments: [("s", 1_764_587_959), ("ms", 1_764_587_959_123), ("us", 1_764_587_959_123_456)]
            as [(String, UInt64)]
    )
    func `a time has the unit that is named`(_ unit: String, _ count: UInt64) throws {
        let found = try message(0, "long={time:\(unit)}", "text={time:\(unit)}")
        #expect(found["long"] == .unsigned(count))
        #expect(try text(found) == "\(count)")
    }

    @Test(arguments: [
        ("{{n}}", "{n}"), ("{{time:ms}} {n}", "{time:ms} 7"), ("text:{n}", "{n}"), ("{name}", "{name}"),
        ("{{name}}", "{{name}}"), ("{1}", "{1}"), ("{", "{"), ("{n", "{n"), ("{n}{n}", "77"),
        ("{ n }", "{ n }"),
        ("{timer}", "{timer}"), ("{{{n}}}", "{{n}}"), ("", ""),
    ])
    func `everything else in braces is itself`(_ written: String, _ sent: String) throws {
        #expect(try text(try message(7, "text=\(written)")) == sent)
    }

    @Test func `what is the same in every message is known, and so is what looks like a placeholder`() throws
    {
        let words = Self.others + ["name={seq} and {n.x}"]
        let fixed = try MessageSeries(words, as: Self.layout, load: nil, filling: nil)
        #expect(fixed.isFixed && fixed.strangers == ["{seq}", "{n.x}"])
        let numbered = try MessageSeries(
            Self.others.dropLast(2) + ["small={n}", "text="],
            as: Self.layout,
            load: nil,
            filling: nil
        )
        #expect(!numbered.isFixed)
        #expect(
            try TextSeries("a {b}").isPlain && !TextSeries("a {n}").isPlain && !TextSeries("a {{n}}").isPlain
        )
        #expect(try TextSeries("a {n} {{n}} {b}").text(3, at: Self.time) == Array("a 3 {n} {b}".utf8))
    }

    @Test(arguments: [
        ("flag={n}", "flag: expected bool, found a placeholder"),
        ("n=a{n}", "n: expected u32, found text with"),
        ("small={time}", "small: 1764587959 is outside 0...255"),
        ("n={time:ms}", "n: 1764587959123 is outside"),
        ("long={time:h}", "long: {time:h} has no unit that there is: write {time:s}"),
        ("name=0123456789012345678901234567 {n}", "name"), ("nmae={n}", "nmae: there is no such field"),
    ])
    func `what a field cannot hold is refused with its name`(_ word: String, _ sentence: String) {
        let error = #expect(throws: MessageTextError.self) { try message(10, word) }
        #expect("\(error!)".hasPrefix(sentence), "\(error!)")
    }
}
