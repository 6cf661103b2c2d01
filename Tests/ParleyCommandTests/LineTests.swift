import Foundation
import Testing

/// The lines of the issue, as they are written but for the port.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct LineTests {
    @Test func `receive prints one message as JSON, and send has sent it`() throws {
        let folder = try Folder()
        let receiver = try Parley.start(
            "receive",
            "udp://:0",
            "--as",
            "proto.h:msg_st",
            "--count",
            "1",
            "--json",
            in: folder
        )
        let port = try receiver.port()
        let sent = try Parley.run(
            "send",
            "udp://127.0.0.1:\(port)",
            "--as",
            "proto.h:msg_st",
            "name=Li",
            "math=99",
            "chinese=77",
            in: folder
        )
        #expect(sent.status == 0)
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0)
        let pattern =
            #/
            \{"schema":"parley\.receive/1",
            "peer":"127\.0\.0\.1:\d+",
            "time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
            "fields":\{"name":"Li","math":99,"chinese":77\}\}\n
            /#
        #expect(outcome.output.wholeMatch(of: pattern) != nil, "\(outcome.output)")
    }

    @Test func `a struct is shown with its peer, one field a line`() throws {
        let folder = try Folder()
        let receiver = try Parley.start(
            "receive",
            "udp://:0",
            "--as",
            "proto.h:msg_st",
            "-c",
            "1",
            in: folder
        )
        let port = try receiver.port()
        _ = try Parley.run(
            "send",
            "udp://localhost:\(port)",
            "--as",
            "proto.h:msg_st",
            "name=Li",
            "math=99",
            "chinese=77",
            in: folder
        )
        let outcome = try receiver.outcome()
        #expect(outcome.lines.first?.wholeMatch(of: /(127\.0\.0\.1|\[::1\]):\d+/) != nil)
        #expect(outcome.lines.dropFirst() == ["  name     Li", "  math     99", "  chinese  77"])
        let assumption =
            "reading msg_st in network byte order, 21 bytes; --byte-order little if the peer swaps nothing"
        #expect(outcome.errors.components(separatedBy: assumption).count == 2)
    }

    @Test func `a group's member hears what is sent to the group`() throws {
        let port = try freeDatagramPort()
        let url = "udp://239.1.2.3:\(port)?interface=lo"
        let layout = "name:char[13] math:u32 chinese:u32"
        let receiver = try Parley.start("receive", url, "--as", layout, "--count", "1")
        try receiver.waitForError("receiving at")
        let sent = try Parley.run("send", url, "--as", layout, "name=Trans", "math=83", "chinese=86")
        #expect(sent.status == 0, "\(sent.errors)")
        let outcome = try receiver.outcome()
        #expect(outcome.lines.dropFirst() == ["  name     Trans", "  math     83", "  chinese  86"])
    }

    @Test func `the stamp that serve gives is what call prints`() throws {
        let server = try Parley.start("serve", "stamp", "tcp://:0")
        let port = try server.port()
        let before = Int(Date().timeIntervalSince1970)
        let outcome = try Parley.run(
            "call",
            "tcp://localhost:\(port)",
            "--as",
            "lines",
            "--count",
            "1",
            "--timeout",
            "3s"
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let stamp = try #require(Int(outcome.output.dropLast()))
        #expect((before - 1...before + 30).contains(stamp))
        server.signal(SIGTERM)
        #expect(try server.outcome().status == 143)
    }

    @Test func `a server restarts at once under connected clients`() throws {
        let port = try freeStreamPort()
        for _ in 0..<2 {
            let server = try Parley.start("serve", "echo", "tcp://:\(port)")
            try server.waitForError("serving echo")
            let client = try Parley.startShell(
                "sh -c '(echo hello; sleep 4) | parley call tcp://localhost:\(port)'"
            )
            try client.waitForOutput("hello")
            server.signal(SIGINT)
            #expect(try server.outcome().status == 130)
        }
    }

    @Test func `encode shows each byte with its field, in network and in host order`() throws {
        let folder = try Folder()
        let outcome = try Parley.run(
            "encode",
            "--as",
            "proto.h:msg_st",
            "name=Trans",
            "math=0x30313233",
            "chinese=1",
            in: folder
        )
        #expect(outcome.status == 0)
        #expect(
            outcome.output == """
                offset  field    type    value      network order            host order
                     0  name     u8[13]  Trans      54 72 61 6e 73 00 00 00
                                                    00 00 00 00 00
                    13  math     u32     808530483  30 31 32 33              33 32 31 30
                    17  chinese  u32     1          00 00 00 01              01 00 00 00
                21 bytes; host order is little-endian

                """
        )
    }

    @Test func `decode reads what encode writes, in every shape`() throws {
        let folder = try Folder()
        let layout = "--as proto.h:msg_st"
        for shape in [("--hex", ""), ("--raw", "--raw")] {
            let outcome = try Parley.shell(
                "parley encode \(layout) name=Li math=99 chinese=77 \(shape.0) -q "
                    + "| parley decode -q \(layout) \(shape.1) --json",
                in: folder
            )
            #expect(
                outcome.output
                    == #"{"schema":"parley.decode/1","fields":{"name":"Li","math":99,"chinese":77}}"# + "\n"
            )
        }
        // What receive and decode print as JSON, send and encode read.
        let again = try Parley.run(
            "encode",
            "-q",
            "--as",
            "proto.h:msg_st",
            "--hex",
            input: #"{"schema":"parley.decode/1","fields":{"chinese":77,"name":"Li","math":99}}"# + "\n",
            in: folder
        )
        #expect(again.output == "4c6900000000000000000000000000006300" + "00004d\n")
    }
}
