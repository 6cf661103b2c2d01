import Glibc
import ParleyTypes
import Testing

@testable import ParleySockets

/// What sd_listen_fds(3) says, and what strangers may have written into the environment.
@Suite struct InheritedTests {
    private func names(_ pid: String?, _ count: String?, _ names: String?) -> [String] {
        InheritedSockets(processID: 7, pid: pid, count: count, names: names).names
    }

    @Test func `names stand in the order of the descriptors, and those without one are unknown`() {
        #expect(names("7", "3", "web:admin:") == ["web", "admin", "unknown"])
        #expect(names("7", "2", nil) == ["unknown", "unknown"])
        #expect(names("7", "1", "web:more:than:there:are") == ["web"])
    }

    @Test func `what was meant for another process, or is no number, passes nothing`() {
        for (pid, count) in [
            ("8", "1"), ("", "1"), ("7x", "1"), (nil, "1"), ("7", "0"), ("7", "-1"), ("7", "x"), ("7", nil),
            ("7", "99999999999999999999"), ("7", "1048577"), ("99999999999", "1"),
        ] as [(String?, String?)] {
            #expect(names(pid, count, "web").isEmpty, "\(pid ?? "nil") \(count ?? "nil")")
        }
    }

    @Test func `errors say what was passed instead`() {
        let passed = InheritedSockets(processID: 7, pid: "7", count: "2", names: "web:admin")
        func refusal(_ sockets: InheritedSockets, _ which: InheritedSocket) -> SocketError? {
            do throws(SocketError) {
                _ = try sockets.kind(of: which)
                return nil
            } catch {
                return error
            }
        }
        let unknown = refusal(passed, .named("mail"))
        #expect(unknown?.code == .noSuchFile)
        #expect(unknown?.description.contains("adopt activated://mail (passed: web, admin)") == true)
        #expect(unknown?.description.contains("FileDescriptorName=") == true)
        #expect(refusal(passed, .only)?.code == .invalidArgument)
        let none = InheritedSockets(processID: 7, pid: nil, count: nil, names: nil)
        #expect(refusal(none, .only)?.description.contains("LISTEN_FDS") == true)
        #expect(refusal(none, .descriptor(1_000_000))?.description.contains("is not open") == true)
    }

    @Test func `a socket is taken once, and only for what it is`() throws {
        let listener = try Socket(.ipv4, .stream)
        try listener.bind(to: .ipv4(.loopback, port: 0))
        let sockets = InheritedSockets(processID: 7, pid: nil, count: nil, names: nil)
        let which = InheritedSocket.descriptor(listener.take())
        #expect(try sockets.kind(of: which).description == "an unconnected tcp socket")
        #expect(throws: SocketError.self) { _ = try sockets.take(which) { $0.isListening } }
        let socket = try sockets.take(which) { !$0.isListening }
        #expect(socket.family == .ipv4)
        #expect(fcntl(socket.fileDescriptor, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(socket.fileDescriptor, F_GETFL) & O_NONBLOCK != 0)
        let again = #expect(throws: SocketError.self) { _ = try sockets.take(which) { _ in true } }
        #expect(again?.code == .addressInUse)
        let null = unsafe open("/dev/null", O_RDONLY)
        defer { close(null) }
        let file = #expect(throws: SocketError.self) { _ = try sockets.kind(of: .descriptor(null)) }
        #expect(file?.code == .notASocket)
    }
}
