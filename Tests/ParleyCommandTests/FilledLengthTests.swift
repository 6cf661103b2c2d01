import Foundation
import Testing

/// A length that the messages say themselves: named once for all kinds, filled in where it is left out.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3)))
struct FilledLengthTests {
    private static let layout =
        "--as 'k.h:head.type{1=login,2=query,3=alarm}' --tail 'gauges[count]' --tail 'name[n]'"

    private static func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write("k.h", SeveralTailsTests.header)
        return folder
    }

    /// Each way of saying the field; what stands in it.
    @Test(arguments: [
        ("--framing length:head.length", "00000006"),
        ("--framing length:head.length,counts=frame", "0000000d"),
        ("--framing length:offset=3,width=4,counts=frame,plus=7", "00000006"),
        ("--framing length:offset=3,width=4,order=little", "06000000"),
    ])
    func `a length that is left out is filled in, by values and by JSON`(framing: String, digits: String)
        throws
    {
        let folder = try Self.folder()
        let expected = "000102\(digits)000200010002"
        let values = try Parley.shell(
            "parley encode -q \(Self.layout) \(framing) --raw query.head.id=1 query.gauges=1,2 | od -A n -t x1",
            in: folder
        )
        #expect(values.output.filter(\.isHexDigit) == expected, "\(values)")
        try folder.write("line", #"{"query":{"head":{"id":1},"gauges":[1,2]}}"# + "\n")
        let json = try Parley.shell(
            "parley encode -q \(Self.layout) \(framing) --raw @line > f && od -A n -t x1 f && "
                + "parley decode -q \(Self.layout) \(framing) --from raw --json f",
            in: folder
        )
        #expect(
            json.lines.first?.filter(\.isHexDigit) == expected && json.output.contains(#""gauges":[1,2]"#),
            "\(json)"
        )
    }

    @Test func `a length that is given stands, and is refused where it is wrong`() throws {
        let folder = try Self.folder()
        for (length, status) in [(6, 0), (7, 5)] as [(Int, Int32)] {
            let outcome = try Parley.shell(
                "parley encode -q \(Self.layout) --framing length:head.length --raw query.head.length=\(length) "
                    + "query.head.id=1 query.gauges=1,2 | od -A n -t x1 | grep -q 00; parley encode -q \(Self.layout) "
                    + "--framing length:head.length --raw query.head.length=\(length) query.head.id=1 query.gauges=1,2 "
                    + "> /dev/null",
                in: folder
            )
            #expect(outcome.status == status, "\(outcome)")
        }
        let large = try Parley.run(
            "encode",
            "--as",
            "n:u8 text:text",
            "--raw",
            "--framing",
            "length:n",
            "text=" + String(repeating: "x", count: 256)
        )
        #expect(
            large.status == 5 && large.errors.contains("n: 256 is outside 0...255"),
            "\(large)"
        )
    }

    /// The question's length is never the answer's, whether the layouts are one or two, with kinds or without.
    @Test(arguments: [
        (
            "--as k.h:query --tail 'gauges[count]'", "'gauges=[1,2,3]'", "head.id=5 head.type=2 gauges=9",
            #""length":8},"count":3"#
        ),
        (
            "--as k.h:query --reply-as k.h:login --tail 'gauges[count]' --tail 'name[n]'",
            "head.id={head.id} head.type=1 'name=got {gauges}'", "head.id=5 head.type=2 gauges=9",
            #""length":8},"n":7"#
        ),
        (
            layout, "query: 'query.gauges=[1,2,3]'", "query.head.id=5 query.gauges=9",
            #""length":8},"count":3"#
        ),
        (
            layout, "query: login.head.id={head.id} 'login.name=hello you'", "query.head.id=5 query.gauges=9",
            #""length":10},"n":9"#
        ),
    ])
    func `answers have their own length`(layout: String, template: String, values: String, expected: String)
        throws
    {
        let folder = try Self.folder()
        let words = "\(layout) --framing length:head.length"
        let server = try Parley.startShell(
            "parley serve reply tcp://127.0.0.1:0 \(words) \(template)",
            in: folder
        )
        let asked = try Parley.shell(
            "parley call tcp://127.0.0.1:\(try server.port()) \(words) --count 1 --timeout 10s --json \(values)",
            in: folder
        )
        #expect(
            asked.output.contains(expected) && asked.output.contains(#""id":5"#),
            "\(asked) \(server.errorText)"
        )
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test(arguments: [
        ("length:count", "count is no field of login"),
        ("length:head.n", "head.n is no field of login or query or alarm. "),
        ("length:login.head.length", "login.head.length is no field"),
        ("length:head", "head is no whole number"),
    ])
    func `a length that not all kinds have is refused with those that lack it`(word: String, cause: String)
        throws
    {
        let outcome = try Parley.shell(
            "parley decode \(Self.layout) --framing \(word) 00",
            in: try Self.folder()
        )
        #expect(outcome.status == 64 && outcome.errors.contains(cause), "\(outcome.errors)")
        let folder = try Folder()
        try folder.write(
            "d.h",
            """
            #include <stdint.h>
            struct a { uint8_t kind; uint16_t size; char x[]; } __attribute__((packed));
            struct b { uint8_t kind, more; uint16_t size; char x[]; } __attribute__((packed));
            """
        )
        let differ = try Parley.shell(
            "parley decode --as 'd.h:kind{1=a,2=b}' --framing length:size 00",
            in: folder
        )
        #expect(
            differ.status == 64
                && differ.errors.contains(
                    "byte 1, 2 bytes in big order in a, byte 2, 2 bytes in big order in b"
                ),
            "\(differ.errors)"
        )
    }

    @Test func `what an answer lacks is found before the first question, however deep it lies`() throws {
        let folder = try Self.folder()
        let words = "--as k.h:query --reply-as k.h:login --tail 'gauges[count]' --tail 'name[n]'"
        let lacking = try Parley.shell(
            "parley serve reply tcp://127.0.0.1:0 \(words) head.id=1 head.type=1 name=x",
            in: folder
        )
        #expect(lacking.status == 5 && lacking.errors.contains("head.length needs a value"), "\(lacking)")
        #expect(lacking.errors.contains("With --reply-as nothing is the question's by itself"), "\(lacking)")
        let help = try Parley.run("serve", "--help").output.split(whereSeparator: \.isWhitespace).joined(
            separator: " "
        )
        #expect(help.contains("with --reply-as each field of the answer is to be named"), "\(help)")
        let elsewhere = try Parley.shell(
            "parley serve reply tcp://127.0.0.1:0 --as 'n:u8 x:text' --reply-as 'k:u8 n:u8 x:text' "
                + "--framing length:n x=1",
            in: folder
        )
        #expect(
            elsewhere.status == 64 && elsewhere.errors.contains("lies elsewhere in the answers"),
            "\(elsewhere)"
        )
    }
}
