import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct NetlinkTests {
    @Test func `the kernel lists its links, and they are those of if_nameindex`() throws {
        let socket = try Socket(netlink: .route)
        try socket.bind(to: NetlinkAddress(port: 0))
        #expect(try socket.localAddress(as: NetlinkAddress.self).port != 0)
        var names: [String] = []
        // Twice: an answer is read to its end, so that the next one begins clean.
        for sequence in [1, 2] as [UInt32] {
            names = []
            let isConsistent = try socket.ask(links(sequence)) { message in
                #expect(message.type == .newLink && message.sequence == sequence)
                names += Self.names(message)
            }
            #expect(isConsistent)
        }
        #expect(names.contains("lo"))
        #expect(Set(names) == Set(Interfaces.names))
    }

    /// The texts of IFLA_IFNAME.
    private static func names(_ message: NetlinkMessage) -> [String] {
        var names: [String] = []
        var attributes = message.attributes(after: 16)
        while let attribute = try? attributes.next() {
            if attribute.type == 3 { names.append(attribute.text) }
        }
        return names
    }

    private func links(_ sequence: UInt32) -> NetlinkRequest {
        var request = NetlinkRequest(.getLink, .dump, sequence: sequence)
        // struct ifinfomsg
        let body = [UInt8](repeating: 0, count: 16)
        unsafe request.append(body.span.bytes)
        return request
    }

    @Test func `the kernel lists other sockets, ours among them`() throws {
        let server = try listener("tcp://127.0.0.1:0")
        let port = try server.port
        let socket = try Socket(netlink: .socketDiagnosis)
        var request = NetlinkRequest(.socketsByFamily, .dump, sequence: 9)
        // struct inet_diag_req_v2: AF_INET, TCP, every state
        var body = [UInt8](repeating: 0, count: 56)
        body[0] = UInt8(AF_INET)
        body[1] = UInt8(IPPROTO_TCP)
        for index in 4..<8 { body[index] = 0xFF }
        unsafe request.append(body.span.bytes)
        var ports: [UInt16] = []
        _ = try socket.ask(request) { message in
            #expect(message.type == .socketsByFamily)
            // struct inet_diag_msg: the port of this side at 4, in network order
            guard message.payload.byteCount >= 72 else { return }
            let number = unsafe message.payload.unsafeLoadUnaligned(fromByteOffset: 4, as: UInt16.self)
            ports.append(UInt16(bigEndian: number))
        }
        #expect(ports.contains(port))
    }

    @Test func `what the kernel refuses is a typed error, and the socket goes on`() throws {
        let socket = try Socket(netlink: .route)
        // An interface that does not exist.
        var request = NetlinkRequest(.getLink, .acknowledge, sequence: 3)
        var body = [UInt8](repeating: 0, count: 16)
        body[4...7] = [0xFF, 0xFF, 0xFF, 0x7F]
        unsafe request.append(body.span.bytes)
        #expect(refusal { try socket.ask(request) { _ in } }?.code == .noSuchDevice)
        // No such message.
        let unknown = NetlinkRequest(NetlinkMessageType(rawValue: 0xFFF0), .acknowledge, sequence: 4)
        #expect(refusal { try socket.ask(unknown) { _ in } }?.code == .operationNotSupported)
        var count = 0
        _ = try socket.ask(links(5)) { _ in count += 1 }
        #expect(count > 0)
        // A request without an answer does not wait for one.
        let silent = NetlinkRequest(NetlinkMessageType(rawValue: 1), sequence: 6)
        #expect(refusal { try socket.ask(silent) { _ in } }?.code == .wouldBlock)
    }

    @Test func `a handler's own error ends the answer, and the next request is not confused`() throws {
        let socket = try Socket(netlink: .route)
        let error = refusal {
            try socket.ask(links(1)) { _ throws(SocketError) in throw SocketError(.inspect, .cancelled) }
        }
        #expect(error?.code == .cancelled)
        var names: [String] = []
        _ = try socket.ask(links(2)) { message in
            #expect(message.sequence == 2)
            names += Self.names(message)
        }
        #expect(names.contains("lo"))
    }

    @Test func `messages that another process writes are not the kernel's`() throws {
        let socket = try Socket(netlink: .route)
        try socket.bind(to: NetlinkAddress(port: 0))
        let address = try socket.localAddress(as: NetlinkAddress.self)
        let stranger = try Socket(netlink: .route)
        // A forged end of the answer. Netlink of NETLINK_ROUTE lets only root write to others.
        var forged = NetlinkRequest(.done, sequence: 1)
        unsafe forged.append([UInt8](repeating: 0, count: 4).span.bytes)
        guard geteuid() == 0 else { return }
        guard (try? stranger.put(forged.bytes, to: address)) != nil else { return }
        var count = 0
        _ = try socket.ask(links(1)) { _ in count += 1 }
        #expect(count > 0)
    }

    @Test func `a queue that overflows says so once, and then goes on`() throws {
        let socket = try Socket(netlink: .route)
        try socket.bind(to: NetlinkAddress(port: 0))
        try socket.setReceiveBufferBytes(1)
        // Each acknowledgement of an error repeats the request: a few fill the smallest queue.
        var request = NetlinkRequest(NetlinkMessageType(rawValue: 0xFFF0), .acknowledge, sequence: 1)
        unsafe request.append([UInt8](repeating: 0, count: 1024).span.bytes)
        for _ in 0..<50 { try? socket.put(request.bytes, to: NetlinkAddress.kernel) }
        var codes: [ErrorCode] = []
        for _ in 0..<100 {
            var bytes = [UInt8](repeating: 0, count: 4096)
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            do {
                guard try socket.receive(into: &raw, from: NetlinkAddress.self) != nil else { break }
            } catch {
                codes.append(error.code)
            }
        }
        #expect(codes == [.noBufferSpace])
    }

    @Test func `messages and attributes are read in turn, and what is cut off is an error with its place`()
        throws
    {
        var request = NetlinkRequest(.newLink, sequence: 5)
        unsafe request.append(([1, 2, 3, 4, 5] as [UInt8]).span.bytes)
        unsafe request.append(attribute: 0x8003, Array("lo\0".utf8).span.bytes)
        #expect(request.bytes.count == 32 && request.bytes[0] == 32)
        var end = NetlinkRequest(.done, sequence: 5)
        unsafe end.append(([0xF3, 0xFF, 0xFF, 0xFF] as [UInt8]).span.bytes)  // -13
        let bytes = request.bytes + end.bytes + [20, 0, 0, 0]
        var messages = NetlinkMessages(unsafe bytes.span.bytes)
        guard let first = try messages.next() else { fatalError("no first message") }
        let firstBytes = first.payload.byteCount
        #expect(first.type == .newLink && firstBytes == 16)
        var attributes = first.attributes(after: 5)
        guard let name = try attributes.next() else { fatalError("no attribute") }
        let (type, text, number) = (name.type, name.text, name.number(as: UInt32.self))
        #expect(type == 3 && text == "lo" && number == nil)
        let hasMore = try attributes.next() != nil
        #expect(!hasMore)
        guard let second = try messages.next() else { fatalError("no second message") }
        let outcome = try second.outcome()
        #expect(outcome == .failed(.permissionDenied))
        var error: NetlinkFormatError?
        do { _ = try messages.next() } catch let caught { error = caught }
        #expect(error == .shortHeader(offset: 52, bytes: 4))
        #expect(error?.description.hasSuffix(".") == true)
        let isOver = try messages.next() == nil
        #expect(isOver)
    }

    @Test(arguments: 1...8) func `no bytes trap the reader or make it run for ever`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<4000 {
            let bytes = Self.hostile(&random)
            var steps = 0
            var messages = NetlinkMessages(unsafe bytes.span.bytes)
            walk: while steps < 100_000 {
                steps += 1
                do {
                    guard let message = try messages.next() else { break walk }
                    _ = try? message.outcome()
                    steps += Self.walk(message.attributes(after: Int.random(in: -1...40, using: &random)), 4)
                } catch {
                    #expect(error.description.hasSuffix("."))
                }
            }
            #expect(steps < 10_000)
        }
    }

    private static func walk(_ attributes: consuming NetlinkAttributes, _ depth: Int) -> Int {
        var attributes = attributes
        var steps = 0
        while let attribute = try? attributes.next() {
            steps += 1
            _ = attribute.number(as: UInt64.self)
            _ = attribute.text
            if depth > 0 { steps += walk(attribute.attributes, depth - 1) }
        }
        return steps
    }

    /// Messages whose lengths are right, nearly right, or noise.
    private static func hostile(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let body = Int.random(in: 0...60, using: &random)
            var message = [UInt8](repeating: 0, count: 16 + body)
            for index in 4..<message.count { message[index] = UInt8.random(in: 0...8, using: &random) }
            let lengths = [message.count, message.count - 1, 15, 16, 0, message.count + 4, 0xFFFF_FFFF]
            let length = UInt32(truncatingIfNeeded: lengths.randomElement(using: &random)!)
            unsafe withUnsafeBytes(of: length) { unsafe message.replaceSubrange(0..<4, with: $0) }
            bytes += message
        }
        if Bool.random(using: &random), !bytes.isEmpty {
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
            bytes = (0..<Int.random(in: 0...90, using: &random)).map { _ in
                .random(in: 0...255, using: &random)
            }
        }
        return bytes
    }
}
