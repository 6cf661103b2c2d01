import Foundation
import Glibc
import Testing

/// `call` over datagrams: nothing is left out, and what may be another question's answer says so.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct CallTests {
    /// A server of ours that answers each question as the test says: with which questions' numbers.
    private final class Server: Sendable {
        let descriptor: Int32
        let port: UInt16

        init(_ answers: @escaping @Sendable (Int) -> [Int]) throws {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                    unsafe bind(descriptor, name, length) == 0 && getsockname(descriptor, name, &length) == 0
                }
            }
            #expect(bound)
            self.descriptor = descriptor
            port = UInt16(bigEndian: address.sin_port)
            let thread = Thread {
                var buffer = [UInt8](repeating: 0, count: 2048)
                var peer = sockaddr_in()
                var peerLength = socklen_t(MemoryLayout<sockaddr_in>.size)
                while true {
                    let text = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name -> Int? in
                            let count = unsafe recvfrom(
                                descriptor,
                                &buffer,
                                buffer.count,
                                0,
                                name,
                                &peerLength
                            )
                            guard count > 0 else { return nil }
                            return Int(String(decoding: buffer[..<count], as: UTF8.self))
                        }
                    }
                    guard let text else { return }
                    for answer in answers(text) {
                        let bytes = Array("answer \(answer)".utf8)
                        unsafe withUnsafePointer(to: &peer) { pointer in
                            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                                _ = unsafe sendto(descriptor, bytes, bytes.count, 0, name, peerLength)
                            }
                        }
                    }
                }
            }
            thread.start()
        }

        deinit {
            shutdown(descriptor, Int32(SHUT_RDWR))
            close(descriptor)
        }
    }

    private func call(_ server: Server, _ arguments: String..., questions: Int) throws -> Parley.Outcome {
        let input = (1...questions).map { "\($0)\n" }.joined()
        return try Running(
            Parley.path,
            ["call", "udp://127.0.0.1:\(server.port)", "--as", "lines", "--timeout", "300ms"] + arguments,
            input: input
        ).outcome()
    }

    @Test func `a late answer is printed, with a remark that says which question failed`() throws {
        // The third one's answer comes when the fourth is waiting, the fourth's right after it.
        let server = try Server { $0 == 3 ? [] : $0 == 4 ? [3, 4] : [$0] }
        let outcome = try call(server, questions: 5)
        #expect(outcome.output == (1...5).map { "answer \($0)\n" }.joined(), "\(outcome.errors)")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("parley: question 3 (3) got no answer within 300ms\n"))
        let remark =
            "parley: 127.0.0.1:\(server.port): question 3 (3) got no answer within 300ms; this may be its late "
            + "answer\n"
        // The third, the fourth and the fifth answer: nobody knows which of them is whose.
        #expect(outcome.errors.components(separatedBy: remark).count == 4, "\(outcome.errors)")
    }

    @Test func `in JSON an answer tells from which to which question it may belong`() throws {
        let server = try Server { $0 == 2 ? [] : $0 == 3 ? [2, 3] : [$0] }
        let outcome = try call(server, "--json", questions: 4)
        let lines = outcome.lines
        #expect(lines.count == 4 && !lines[0].contains("mayAnswer"), "\(outcome.output)")
        #expect(lines[1].hasSuffix(#""text":"answer 2","mayAnswer":[2,3]}"#), "\(outcome.output)")
        // It came when nobody was waiting, or right then.
        #expect(lines[2].contains(#""text":"answer 3","mayAnswer":[2,"#), "\(outcome.output)")
        #expect(lines[3].contains(#""text":"answer 4","mayAnswer":[2,4]"#), "\(outcome.output)")
        #expect(
            outcome.errors.contains(
                #"{"schema":"parley.remark/1","remark":"question 2 (2) got no answer within 300ms"}"#
            ),
            "\(outcome.errors)"
        )
    }

    @Test func `without a doubt there is no remark, and an answer that is sent twice makes one`() throws {
        let honest = try call(try Server { [$0] }, questions: 5)
        #expect(honest.status == 0 && honest.errors.isEmpty, "\(honest.errors)")
        #expect(honest.output == (1...5).map { "answer \($0)\n" }.joined())
        let doubling = try call(try Server { $0 < 3 ? [$0, $0] : [$0] }, questions: 5)
        // Nothing is left out.
        #expect(doubling.lines.count == 7, "\(doubling.output)")
        #expect(doubling.errors.contains("was waiting"), "\(doubling.errors)")
    }

    @Test func `many questions without an answer are named shortly`() throws {
        let server = try Server { $0 < 6 ? [] : [$0] }
        let outcome = try call(server, questions: 6)
        #expect(
            outcome.errors.contains(
                "question 3 (3), question 4 (4), question 5 (5) and 2 earlier ones got no answer within 300ms; "
                    + "this may be the late answer to one of them"
            ),
            "\(outcome.errors)"
        )
    }

    @Test(arguments: ["239.1.2.3", "[ff02::5%lo]", "255.255.255.255"])
    func `a stream with a group or with everybody is refused, whichever side asks, and udp is named`(
        _ host: String
    ) throws {
        for words in [["send"], ["call"], ["receive"], ["serve", "echo"]] {
            let message = words[0] == "send" || words[0] == "call" ? ["hello"] : []
            let outcome = try Running(Parley.path, words + ["tcp://\(host):8089"] + message).outcome()
            #expect(outcome.status == 64, "\(words): \(outcome.errors)")
            #expect(outcome.errors.contains("a stream has one peer"), "\(outcome.errors)")
            #expect(outcome.errors.contains("udp://"), "\(outcome.errors)")
        }
    }

    @Test func `port 0, a message that is too large and a peer that takes nothing are said as what they are`()
        throws
    {
        for verb in ["send", "call"] {
            for transport in ["udp", "tcp"] {
                let outcome = try Parley.run(verb, "\(transport)://127.0.0.1:0", "hello")
                #expect(outcome.status == 64)
                #expect(outcome.errors.contains("port 0 reaches nobody: give the port"), "\(outcome.errors)")
            }
        }
        let large = String(repeating: "a", count: 100_000)
        let outcome = try Parley.run("send", "udp://127.0.0.1:9", "--as", "lines", input: large + "\n")
        #expect(outcome.status == 1 && outcome.errors.contains("at most 65507 bytes"), "\(outcome.errors)")
    }
}
