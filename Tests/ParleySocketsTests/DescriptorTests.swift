import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// What concerns all descriptors of a process runs in a process of its own.
@Suite struct DescriptorTests {
    @Test func everyDescriptorIsOpenedOnceAndClosedOnceWhateverFails() async {
        await #expect(processExitsWith: .success) {
            try useEverything()
            let before = try descriptors()
            for _ in 0..<20 { try useEverything() }
            #expect(try descriptors() == before)
        }
    }

    @Test func noDescriptorSurvivesExec() async {
        await #expect(processExitsWith: .success) {
            let server = try listener("tcp://127.0.0.1:0")
            let client = try connect(to: server.localAddress)
            let child = try accept(server)
            let pair = try Socket.pair(.stream)
            let first = pair.first
            let second = pair.second
            let socket = try datagram("udp://:0")
            // An outsider's descriptor, which dup(2) leaves without the flag.
            let adopted = try Socket(takingOver: dup(socket.fileDescriptor))
            var names: [String] = []
            for descriptor in [
                server.fileDescriptor, client.fileDescriptor, child.fileDescriptor, first.fileDescriptor,
                second.fileDescriptor, socket.fileDescriptor, adopted.fileDescriptor,
            ] {
                #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
                #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
                names.append("-e 'socket:[\(try inode(descriptor))]'")
            }
            // The shell looks at its own descriptors: 1 says that grep found none of ours, and that there was
            // a list.
            let find =
                "ls -l /proc/$$/fd >/dev/null && ls -l /proc/$$/fd | grep -F \(names.joined(separator: " "))"
            let status = unsafe system("\(find); test $? -eq 1")
            #expect(status == 0)
        }
    }

    @Test func acceptWithoutADescriptorLeftIsExhaustedAndTheClientLivesOn() async {
        await #expect(processExitsWith: .success) {
            let server = try listener("tcp://127.0.0.1:0")
            let client = try connect(to: server.localAddress)
            #expect(wait(server.fileDescriptor))
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let full = rlimit(rlim_cur: 3, rlim_max: limit.rlim_max)
            unsafe withUnsafePointer(to: full) {
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), $0)
            }
            guard case .exhausted(.tooManyFilesInProcess) = try server.accept() else {
                Issue.record("accept did not say that it is exhausted")
                return
            }
            let error = refusal { try Socket(.ipv4, .stream) }
            #expect(error?.code == .tooManyFilesInProcess)
            #expect(error?.remedy.contains("ulimit -n") == true)
            unsafe withUnsafePointer(to: limit) {
                _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), $0)
            }
            let child = try accept(server)
            #expect(try child.remoteAddress == (try client.localAddress))
        }
    }

    @Test func aDescriptorThatIsNoSocketStaysWithItsOwner() throws {
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        #expect(refusal { try Socket(takingOver: descriptor) }?.code == .notASocket)
        #expect(Glibc.close(descriptor) == 0)
    }

    @Test func aTakenDescriptorIsTheCallersToClose() throws {
        let descriptor = try datagram("udp://:0").take()
        #expect(fcntl(descriptor, F_GETFD) >= 0)
        #expect(Glibc.close(descriptor) == 0)
    }
}

private func inode(_ descriptor: Int32) throws -> UInt {
    var status = stat()
    try #require(unsafe fstat(descriptor, &status) == 0)
    return UInt(status.st_ino)
}

/// How many sockets and files are open. Not the event descriptors that the language's own threads open when they like.
private func descriptors() throws -> Int {
    let stream = unsafe try #require(unsafe opendir("/proc/self/fd"))
    defer { unsafe closedir(stream) }
    var count = 0
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        var target = [UInt8](repeating: 0, count: 256)
        let length = unsafe target.withUnsafeMutableBytes {
            unsafe readlink(
                "/proc/self/fd/\(name)",
                $0.baseAddress!.assumingMemoryBound(to: CChar.self),
                $0.count
            )
        }
        let text = String(decoding: target.prefix(max(0, length)), as: UTF8.self)
        if !text.isEmpty, !text.hasPrefix("anon_inode:"), !text.hasPrefix("pipe:") { count += 1 }
    }
    return count
}

private func useEverything() throws {
    let server = try listener("tcp://127.0.0.1:0")
    let address = try server.localAddress
    let client = try connect(to: address)
    let child = try accept(server)
    #expect(try child.remoteAddress == (try client.localAddress))
    let socket = try datagram("udp://:0")
    let pair = try Socket.pair(.stream)
    let first = pair.first
    pair.second.close()
    // Failures at every stage.
    #expect(refusal { try listener("tcp://\(address)") } != nil)
    #expect(refusal { try datagram("udp://:\(try socket.port)") } != nil)
    #expect(refusal { try datagram("udp://127.0.0.1:0?reuse=group") } != nil)
    #expect(refusal { try datagram("udp://239.255.77.9:0?interface=nosuch0") } != nil)
    #expect(refusal { try Socket(SocketFamily(rawValue: 4), .stream) } != nil)
    #expect(refusal { try connect(to: .unix(.path("/nonexistent/s"))) } != nil)
    #expect(refusal { try listener("unix:///nonexistent/s") } != nil)
    #expect(refusal { try Resolver.addresses(of: "::1%nosuch0", port: 1) } != nil)
    try withDirectory { directory in
        try listener("unix://\(directory)/s").close()
        _ = try listener("unix://\(directory)/s")
    }
    _ = try? first.shutdown(.both)
}
