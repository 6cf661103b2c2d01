import Foundation
import Testing

/// Groups and connections' options on the command line.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(3))) struct GroupOptionTests {
    @Test(arguments: [true, false])
    func `a receiver of a group with --source hears that sender alone`(isFlag: Bool) throws {
        let receiver =
            isFlag
            ? try Parley.start(
                "receive",
                "udp://232.255.81.1:0",
                "--interface",
                "lo",
                "--source",
                "127.0.0.5",
                "--count",
                "1"
            )
            : try Parley.start(
                "receive",
                "udp://232.255.81.1:0?interface=lo&source=127.0.0.5",
                "--count",
                "1"
            )
        let port = try receiver.port()
        for host in ["127.0.0.6", "127.0.0.5"] {
            let outcome = try Parley.run(
                "send",
                "udp://232.255.81.1:\(port)?interface=lo",
                "--local",
                host,
                "from \(host)"
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let outcome = try receiver.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("from 127.0.0.5"))
        #expect(!outcome.output.contains("from 127.0.0.6"))
    }

    @Test func `what is sent to 240 and above is remarked on`() throws {
        let outcome = try Parley.run("send", "udp://240.0.0.1:9", "--ttl", "1", "lost")
        #expect(outcome.errors.contains("240.0.0.1 is reserved"))
        #expect(outcome.errors.contains("224.0.0.0 to 239.255.255.255"))
    }

    @Test func `broadcasting needs its option, and says so`() throws {
        let refused = try Parley.run("send", "udp://127.255.255.255:9", "all")
        #expect(refused.status != 0)
        #expect(refused.errors.contains("?broadcast=true"), "\(refused.errors)")
        let receiver = try Parley.start("receive", "udp://127.255.255.255:0", "--count", "1")
        let port = try receiver.port()
        #expect(try Parley.run("send", "udp://127.255.255.255:\(port)?broadcast", "all").status == 0)
        #expect(try receiver.outcome().output.contains("all"))
    }

    @Test func `choosing senders for sending is remarked on`() throws {
        let outcome = try Parley.run("send", "udp://232.255.81.1:9?source=10.0.0.5&interface=lo", "hello")
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("source says whom a member hears"))
    }

    @Test(arguments: [
        ("udp://232.255.81.1:1?source=here", "must be the IP address of a sender"),
        ("tcp://:1?source=10.0.0.1", "it knows interface, ttl, backlog"),
        ("tcp://:1?keepalive=soon", "30s/10s/3"),
        ("udp://:1?linger=0", "means nothing to udp"),
    ])
    func `an option that does not fit is wrong usage, with what may stand there`(
        url: String,
        sentence: String
    ) throws {
        let outcome = try Parley.run("receive", url)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    }

    @Test func `senders without a group could not be bound`() throws {
        let outcome = try Parley.run("receive", "udp://:0", "--source", "10.0.0.1")
        #expect(outcome.status == 4)
        #expect(outcome.errors.contains("Senders are chosen within a group"), "\(outcome.errors)")
    }

    @Test func `an interface that is not there is answered with those that are`() throws {
        let outcome = try Parley.run("receive", "udp://239.255.81.1:0", "--interface", "nosuch0")
        #expect(outcome.status == 4)
        #expect(outcome.errors.contains("nosuch0 (this host has lo"), "\(outcome.errors)")
        let zone = try Parley.run("receive", "udp://[ff02::1234]:0")
        #expect(zone.status == 4)
        #expect(zone.errors.contains("?interface=eth0"), "\(zone.errors)")
    }

    @Test func `who shares a unicast port by SO_REUSEADDR is told what that means`() throws {
        for name in ["reuseaddr", "SO_REUSEADDR"] {
            let shared = try Parley.run("receive", "udp://127.0.0.1:0?\(name)=1", "--timeout", "10ms")
            #expect(
                shared.errors.contains("any process of this host may take the datagrams"),
                "\(shared.errors)"
            )
            let own = try Parley.run("receive", "udp://127.0.0.1:0?\(name)=0", "--timeout", "10ms")
            #expect(!own.errors.contains("any process"))
        }
    }

    @Test func `a connection with every option answers`() throws {
        let options = "nodelay&linger=5s&keepalive=30s/10s/3&usertimeout=10s&dscp=af41"
        let server = try Parley.start("serve", "echo", "tcp://127.0.0.1:0?\(options)")
        let port = try server.port()
        let outcome = try Parley.run("call", "tcp://127.0.0.1:\(port)?\(options)", "--as", "lines", "hello")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("hello"))
    }
}
