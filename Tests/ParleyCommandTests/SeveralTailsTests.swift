import Testing

/// `--tail`, once for each struct that has one.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3)))
struct SeveralTailsTests {
    static let header = """
        #include <stdint.h>
        struct head { uint16_t id; uint8_t type; uint32_t length; } __attribute__((packed));
        struct login { struct head head; uint8_t n; char name[]; } __attribute__((packed));
        struct query { struct head head; uint16_t count; uint16_t gauges[]; } __attribute__((packed));
        struct alarm { struct head head; uint16_t count; uint16_t gauges[]; } __attribute__((packed));
        """
    private static let kinds = "--as 'k.h:head.type{1=login,2=query,3=alarm}'"

    private static func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write("k.h", header)
        return folder
    }

    @Test(arguments: [
        (
            "--tail 'gauges[count]' --tail 'name[n]'",
            "0001020000000000020001000200030300000000000100050001010000000001 68"
        ),
        (
            "--tail 'name[n]' --tail 'query.gauges[count]' --tail 'alarm.gauges[count]'",
            "0001020000000000020001000200030300000000000100050001010000000001 68"
        ),
    ])
    func `each struct has its own`(tails: String, digits: String) throws {
        let folder = try Self.folder()
        let input = [
            #"{"query":{"head":{"id":1,"length":0},"gauges":[1,2]}}"#,
            #"{"alarm":{"head":{"id":3,"length":0},"gauges":[5]}}"#,
            #"{"login":{"head":{"id":1,"length":0},"name":"h"}}"#,
        ]
        try folder.write("lines", input.joined(separator: "\n") + "\n")
        let there = try Parley.shell(
            "parley encode -q \(Self.kinds) \(tails) --raw @lines > f && od -A n -t x1 f",
            in: folder
        )
        let bytes = there.output.filter { $0.isHexDigit }
        #expect(bytes == digits.filter { $0.isHexDigit }, "\(there)")
        let back = try Parley.shell("parley decode -q \(Self.kinds) \(tails) --from raw --json f", in: folder)
        #expect(back.lines.count == 3 && back.errors.isEmpty, "\(back)")
    }

    @Test(arguments: [
        ("--tail 'gauges[count]' --tail 'gauges[]'", "two tails for query, which has one"),
        ("--tail 'gauges[count]' --tail 'query.gauges[]'", "two tails for query, which has one"),
        ("--tail 'name[n]' --tail 'nam[n]'", "--tail nam[n]: no struct here ends in a field of that name"),
        ("--tail 'no.gauges[count]'", "They end in login.name, query.gauges, alarm.gauges"),
        ("--tail 'login.gauges[count]'", "there is no field gauges to be the tail"),
        ("--tail 'login.head'", "head cannot be the tail: the last field is name"),
        ("--tail 'gauges[cunt]'", "cunt cannot count gauges"),
    ])
    func `one that is contradicted or belongs to none is refused`(tails: String, cause: String) throws {
        let outcome = try Parley.shell(
            "parley encode \(Self.kinds) \(tails) --hex query.head.id=1 query.head.length=0 query.gauges=1",
            in: try Self.folder()
        )
        #expect(outcome.status == 64 || outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains(cause) && outcome.output.isEmpty, "\(outcome)")
        // What is proposed is what can be typed.
        #expect(!outcome.errors.contains("tail="), "\(outcome.errors)")
    }

    @Test func `one struct, questions with other answers, and drawings take them as well`() throws {
        let folder = try Self.folder()
        let alone = try Parley.shell(
            "parley encode --as k.h:query --tail 'gauges[count]' --tail 'name[n]' x=1",
            in: folder
        )
        #expect(
            alone.status == 64 && alone.errors.contains("there is no field name to be the tail"),
            "\(alone)"
        )
        let server = try Parley.startShell(
            "parley serve reply tcp://127.0.0.1:0 --as k.h:query --reply-as k.h:login --tail 'gauges[count]' "
                + "--tail 'name[n]' head.id={head.id} head.type=1 head.length=0 'name=got {gauges}'",
            in: folder
        )
        let asked = try Parley.shell(
            "parley call tcp://127.0.0.1:\(try server.port()) --as k.h:query --reply-as k.h:login "
                + "--tail 'query.gauges[count]' --tail 'login.name[n]' --count 1 --json "
                + "head.id=7 head.type=2 head.length=0 gauges=1,2",
            in: folder
        )
        #expect(
            asked.output.contains(#""id":7"#) && asked.output.contains(#""n":9,"name":"got [1,2]""#),
            "\(asked)"
        )
        let drawn = try Parley.shell("parley layout k.h --all --tail 'gauges[count]'", in: folder)
        #expect(drawn.status == 0 && drawn.output.contains("gauges"), "\(drawn)")
        let wrong = try Parley.shell("parley layout k.h --all --tail 'gages[count]'", in: folder)
        #expect(
            wrong.status == 64 && wrong.errors.contains("--tail gages[count]: no struct here"),
            "\(wrong)"
        )
    }

    /// No option's value is taken for a field's.
    @Test(arguments: ["--tail", "--text", "--bytes", "--include", "--reply-as", "--timeout"])
    func `an option of the command is never proposed as a field`(option: String) throws {
        let outcome = try Parley.shell(
            "parley call tcp://127.0.0.1:1 --as k.h:nothing \(option) 3 id=1",
            in: try Self.folder()
        )
        #expect(
            outcome.status != 0 && !outcome.errors.contains(option.dropFirst(2) + "=3"),
            "\(outcome.errors)"
        )
    }
}
