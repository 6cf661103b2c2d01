import Glibc
import ParleyCore
import ParleyTypes

/// Every transport at full load in one process, for as long as is asked: messages are counted and checked,
/// memory and descriptors are sampled each second, and growth after the beginning is a failure. scripts/soak
/// runs it.
@main struct SoakProgram {
    static func main() async {
        guard let seconds = CommandLine.arguments.dropFirst().first.flatMap(Int.init), seconds >= 4 else {
            print("usage: SoakProgram SECONDS (4 or more)")
            exit(2)
        }
        let flows: [Flow] = [
            Flow("udp", letters(at: .udp("127.0.0.1", 0))),
            Flow("unixgram", letters(at: .unixgram(abstract: name()))),
            Flow("tcp", stream(at: .tcp("127.0.0.1", 0))),
            Flow("unix", stream(at: .unix(abstract: name()))),
            Flow("tcp calls", calls(at: .tcp("127.0.0.1", 0))),
            Flow("unix calls", calls(at: .unix(abstract: name()))),
            Flow("tcp crowd", crowd(at: .tcp("127.0.0.1", 0))),
            Flow("unix crowd", crowd(at: .unix(abstract: name()))),
            Flow("seqpacket crowd", crowd(at: Endpoint(.seqpacket, .abstract(Array(name().utf8))))),
            Flow("udp crowd", crowd(at: .udp("127.0.0.1", 0))),
            Flow("unixgram crowd", crowd(at: .unixgram(abstract: name()))),
            Flow("tcp visits", visits(at: .tcp("127.0.0.1", 0), pause: .milliseconds(5))),
            Flow("unix visits", visits(at: .unix(abstract: name()), pause: .zero)),
            Flow("mailboxes", openings),
        ]
        await withTaskGroup { group in
            for flow in flows {
                group.addTask {
                    do {
                        try await flow.body(flow)
                    } catch {
                        if !Task.isCancelled { fail("\(flow.name): \(error)") }
                    }
                }
            }
            let verdict = await watch(flows, seconds: seconds)
            print(verdict.text)
            // The flows have no other end.
            exit(verdict.isGood ? 0 : 1)
        }
    }

    private static func name() -> String { "parley-soak-\(getpid())-\(UInt32.random(in: 0...UInt32.max))" }
}

/// Ends the program: a message was lost, doubled, or is not what was sent.
func fail(_ reason: String) -> Never {
    print("FAILED: \(reason)")
    exit(1)
}
