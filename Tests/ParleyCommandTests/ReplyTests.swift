import Foundation
import Testing

/// Several structs on one port, and answers by template.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct ReplyTests {
    private static let choice = "kinds.h:kind{HELLO=hello,2=data}"

    private func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(
            "kinds.h",
            """
            #include <stdint.h>
            enum { HELLO = 1 };
            struct hello { uint8_t kind; uint16_t seq; char name[8]; } __attribute__((packed));
            struct data { uint8_t kind; uint16_t seq; char text[]; } __attribute__((packed));
            """
        )
        return folder
    }

    @Test(arguments: ["udp", "tcp"])
    func `each kind of question gets its own answer`(_ transport: String) throws {
        let folder = try folder()
        let server = try Parley.start(
            "serve",
            "reply",
            "\(transport)://127.0.0.1:0",
            "--as",
            Self.choice,
            "-v",
            "hello:",
            "data.seq={seq}",
            "data.text=hi {name}",
            "data:",
            "data.seq=100",
            in: folder
        )
        let url = "\(transport)://127.0.0.1:\(try server.port())"
        let hello = try Parley.run(
            "call",
            "-q",
            url,
            "--as",
            Self.choice,
            "--json",
            "hello.seq=7",
            "hello.name=Li",
            "--timeout",
            "20s",
            in: folder
        )
        #expect(
            hello.output.contains(#""fields":{"data":{"kind":2,"seq":7,"text":"hi Li"}}"#),
            "\(hello.errors)"
        )
        let data = try Parley.run(
            "call",
            "-q",
            url,
            "--as",
            Self.choice,
            "--json",
            "data.seq=7",
            "data.text=x",
            "--timeout",
            "20s",
            in: folder
        )
        #expect(data.output.contains(#""fields":{"data":{"kind":2,"seq":100,"text":"x"}}"#), "\(data.errors)")
        server.signal(SIGINT)
        #expect(try server.outcome().status == 130)
    }

    @Test func `question and answer may be different structs`() throws {
        let folder = try folder()
        let server = try Parley.start(
            "serve",
            "reply",
            "udp://127.0.0.1:0",
            "--as",
            "a:u16 b:u16",
            "--reply-as",
            "kinds.h:data",
            "kind=2",
            "seq={b}",
            "text={a}+{b}",
            in: folder
        )
        let url = "udp://127.0.0.1:\(try server.port())"
        let answer = try Parley.run(
            "call",
            "-q",
            url,
            "--as",
            "hex",
            "00050006",
            "--timeout",
            "20s",
            in: folder
        )
        #expect(answer.output.contains("02 00 06 35 2b 36"), "\(answer.errors)")
        server.signal(SIGINT)
        _ = try server.outcome()
    }

    @Test func `what does not fit is remarked on, and the next is answered`() throws {
        let folder = try folder()
        let server = try Parley.start(
            "serve",
            "reply",
            "udp://127.0.0.1:0",
            "--as",
            Self.choice,
            "hello:",
            in: folder
        )
        let url = "udp://127.0.0.1:\(try server.port())"
        _ = try Parley.run("send", "-q", url, "--as", "hex", "0101")
        let answer = try Parley.run(
            "call",
            "-q",
            url,
            "--as",
            Self.choice,
            "--json",
            "hello.seq=7",
            "hello.name=Li",
            "--timeout",
            "20s",
            in: folder
        )
        #expect(answer.output.contains(#""hello":{"kind":1,"seq":7,"name":"Li"}"#))
        server.signal(SIGINT)
        #expect(try server.outcome().errors.contains("not answered: hello.seq"))
    }

    @Test func `receive and decode tell the structs apart, mistakes are usage`() throws {
        let folder = try folder()
        let decoded = try Parley.run("decode", "-q", "--json", "--as", Self.choice, "0200097a7a", in: folder)
        #expect(decoded.output.contains(#""fields":{"data":{"kind":2,"seq":9,"text":"zz"}}"#))
        let receiver = try Parley.start(
            "receive",
            "--json",
            "udp://127.0.0.1:0",
            "--as",
            Self.choice,
            "--count",
            "2",
            in: folder
        )
        let url = "udp://127.0.0.1:\(try receiver.port())"
        _ = try Parley.run("send", "-q", url, "--as", Self.choice, "hello.seq=1", "hello.name=Li", in: folder)
        _ = try Parley.run("send", "-q", url, "--as", "hex", "0900", in: folder)
        let outcome = try receiver.outcome()
        #expect(outcome.lines[0].contains(#""fields":{"hello":{"kind":1,"seq":1,"name":"Li"}}"#))
        #expect(outcome.lines[1].contains(#""fields":{"kind":9,"bytes":"hex:0900"}"#))
        let wrong = try Parley.run("decode", "--as", "kinds.h:kind{1=hello,1=data}", "00", in: folder)
        #expect(wrong.status == 64)
        #expect(try Parley.run("serve", "reply", "udp://:0").status == 64)
        #expect(try Parley.run("serve", "echo", "udp://:0", "x=1").status == 64)
    }
}
