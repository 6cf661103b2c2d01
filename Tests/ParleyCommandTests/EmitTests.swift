import Foundation
import Testing

@testable import ParleyCommand

/// `layout --emit`: what comes out is taken by the programs it is meant for.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct EmitTests {
    private static func has(_ program: String) throws -> Bool {
        if try Parley.shell("command -v \(program) >/dev/null").status == 0 { return true }
        print("skipped: no \(program) on this machine to compare with")
        return false
    }

    @Test func `a dissector reads the packets that encode writes`() throws {
        guard try Self.has("tshark") else { return }
        let folder = try Folder()
        let outcome = try Parley.shell(
            """
            parley layout proto.h:msg_st --emit lua > msg_st.lua &&
            printf '%s\\n' '{"name":"Li","math":99,"chinese":77}' '{"name":"Ada","math":4294967295,"chinese":0}' |
                parley encode -q --as proto.h:msg_st --to pcap --output scores.pcap &&
            tshark -X lua_script:msg_st.lua -d udp.port==8089,msg_st -r scores.pcap -T fields \\
                -e msg_st.math -e msg_st.chinese 2>/dev/null
            """,
            in: folder
        )
        #expect(outcome.output == "99\t77\n4294967295\t0\n", "\(outcome.errors)")
    }

    @Test func `a header compiles and describes the same bytes`() throws {
        let folder = try Folder()
        let first = try Parley.run("layout", "proto.h:msg_st", "--emit", "c", in: folder)
        #expect(first.status == 0, "\(first.errors)")
        try folder.write("again.h", first.output)
        let again = try Parley.run("layout", "again.h:msg_st", "--emit", "c", in: folder)
        #expect(again.output == first.output.replacing("proto.h:", with: "again.h:"))
        if try Self.has("gcc") {
            let built = try Parley.shell(
                "gcc -Wall -Wextra -Werror -std=c11 -fsyntax-only -x c again.h",
                in: folder
            )
            #expect(built.status == 0, "\(built.errors)")
        }
    }

    @Test func `Swift and Kaitai, with another name, from a spelled layout`() throws {
        let swift = try Parley.run("layout", "id:u16 text:text", "--emit", "swift", "--name", "Note")
        #expect(swift.output.contains("@WireMessage\nstruct Note: Hashable {\n    var id: UInt16"))
        let kaitai = try Parley.run(
            "layout",
            "id:u16 text:text",
            "--emit",
            "kaitai",
            "--byte-order",
            "little"
        )
        #expect(kaitai.output.contains("type: u2le"))
    }

    @Test func `options without --emit, and what has no meaning with it, are wrong usage`() throws {
        for arguments in [
            ["--port", "1"], ["--name", "x"], ["--emit", "c", "--all"], ["--emit", "c", "--port", "1"],
        ] {
            let outcome = try Parley.shell("parley layout 'id:u16' \(arguments.joined(separator: " "))")
            #expect(outcome.status == 64 && outcome.output.isEmpty, "\(arguments)")
        }
    }

    @Test func `what a target cannot say ends with the field and the reason`() throws {
        let outcome = try Parley.run("layout", "self:u8", "--emit", "swift")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("message.self cannot be written as @WireMessage"))
    }
}
