import Foundation
import Glibc
import Testing

/// Small things that were answered wrongly.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(2))) struct SmallWrongsTests {
    @Test(arguments: 3...12)
    func `fd:// names no descriptor that the command has opened itself`(number: Int) throws {
        for words in [
            ["receive", "fd://\(number)"], ["send", "fd://\(number)", "x"],
            ["serve", "echo", "fd://\(number)"],
        ] {
            let outcome = try Running(Parley.path, words).outcome()
            #expect(outcome.status == 4, "\(outcome.errors)")
            #expect(
                outcome.errors.contains("was not open when this program started")
                    || outcome.errors.contains("is not open"),
                "\(outcome.errors)"
            )
        }
    }

    @Test func `a socket that was inherited by its number is used, whatever number it has`() throws {
        let outcome = try Parley.shell(
            "bash -c 'exec 7<>/dev/udp/127.0.0.1/9; exec parley call fd://7 hello --timeout 200ms'"
        )
        #expect(!outcome.errors.contains("was not open"), "\(outcome.errors)")
    }

    @Test func `a file that is no capture has failed, and what does not fit is told apart from it`() throws {
        let folder = try Folder()
        try folder.write("bad.pcap", "garbage")
        for format in ["pcap", "pcapng"] {
            let outcome = try Parley.run("decode", "--as", "id:u16", "--from", format, "bad.pcap", in: folder)
            #expect(outcome.status == 1 && outcome.errors.contains("no capture file"), "\(outcome.errors)")
        }
        #expect(
            try Parley.run("decode", "--as", "id:u16", "--from", "hex", "bad.pcap", in: folder).status == 5
        )
    }

    @Test func `bytes that end in NULs come back from their JSON, counted or not`() throws {
        let hex = ["05" + "6162000000", "03" + "000000", "00", "04" + "61006200"]
        for digits in hex {
            for layout in ["n:u8 data:bytes[n]", "n:u8 data:bytes"] {
                let json = try Parley.run("decode", "-q", "--json", "--as", layout, digits)
                let back = try Parley.run(
                    "encode",
                    "-q",
                    "--as",
                    layout,
                    "--to",
                    "hex",
                    "-",
                    input: json.output
                )
                #expect(back.output == digits + "\n", "\(layout): \(json.output) \(back.errors)")
            }
        }
    }

    @Test func `a negative count is said as it is`() throws {
        let folder = try Folder()
        let outcome = try Parley.run("decode", "-q", "--as", "n:i32 data:u16[n]", "fffffffb0001", in: folder)
        #expect(
            outcome.status == 5 && outcome.errors.contains("the count says -5 items"),
            "\(outcome.errors)"
        )
    }

    @Test func `one byte is one byte`() throws {
        let outcome = try Parley.run("decode", "-q", "--as", "a:u8 b:u8", "01")
        #expect(outcome.errors.contains("1 byte is needed here, 0 are left"), "\(outcome.errors)")
    }

    @Test func `field names that C++ keeps for itself get an underscore in the emitted header`() throws {
        let names = ["class", "new", "private", "this", "template", "operator", "namespace", "delete", "xor"]
        let layout = names.map { "\($0):u32" }.joined(separator: " ")
        let outcome = try Parley.run("layout", layout, "--emit", "c", "--name", "words")
        for name in names {
            #expect(outcome.output.contains("uint32_t \(name)_;"), "\(outcome.output)")
            #expect(outcome.output.contains("(called \(name))"))
        }
        let folder = try Folder()
        try folder.write("words.h", outcome.output)
        guard try Parley.shell("command -v g++").status == 0 else { return }
        let compiled = try Parley.shell(
            "g++ -std=c++20 -Wall -Werror -fsyntax-only -x c++ words.h",
            in: folder
        )
        #expect(compiled.status == 0, "\(compiled.errors)")
    }
}
