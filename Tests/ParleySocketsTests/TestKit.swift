import CParleyLinux
import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Waits until a socket is readable or writable, two seconds at most.
func wait(_ descriptor: Int32, for events: Int32 = POLLIN, milliseconds: Int32 = 2000) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) > 0
}

/// A datagram and its bytes, as the tests compare them.
struct Received: Equatable {
    var bytes: [UInt8]
    var datagram: Socket.Datagram
}

extension Socket {
    /// The next datagram within two seconds.
    func next(capacity: Int = 65536) throws -> Received {
        #expect(wait(fileDescriptor))
        var bytes = [UInt8](repeating: 0, count: capacity)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        let datagram = try #require(try receiveDatagram(into: &raw))
        return Received(bytes: Array(bytes.prefix(datagram.byteCount)), datagram: datagram)
    }

    /// Sends a whole datagram of text.
    func say(_ text: String, to recipient: SocketAddress) throws {
        #expect(try say(Array(text.utf8), to: recipient))
    }

    /// Sends a datagram, from an address of this host if need be.
    func say(_ bytes: [UInt8], to recipient: SocketAddress, from source: SocketAddress? = nil) throws -> Bool
    {
        if let source { return unsafe try send(bytes.span.bytes, to: recipient, from: source) }
        return unsafe try send(bytes.span.bytes, to: recipient)
    }

    var port: UInt16 {
        get throws { try #require(try localAddress.port) }
    }
}

/// Expects that nothing comes within a tenth of a second.
func expectSilence(_ socket: borrowing Socket, sourceLocation: SourceLocation = #_sourceLocation) {
    let isReadable = wait(socket.fileDescriptor, milliseconds: 100)
    #expect(!isReadable, sourceLocation: sourceLocation)
}

/// Opens what an URL says. Addresses are numbers.
func datagram(_ url: String) throws -> Socket {
    let endpoint = try Endpoint(url: url)
    return try Socket.datagram(at: endpoint, bound: Resolver.addresses(of: endpoint).first)
}

func listener(_ url: String) throws -> Socket {
    let endpoint = try Endpoint(url: url)
    return try Socket.listener(at: endpoint, bound: Resolver.addresses(of: endpoint).first)
}

/// Connects and waits for the end of the handshake.
func connect(to address: SocketAddress, as url: String = "tcp://:0") throws -> Socket {
    let isUnix = address.port == nil && !url.hasPrefix("seqpacket:")
    let endpoint = isUnix ? Endpoint(.unix, .unnamed) : try Endpoint(url: url)
    let socket = try Socket.stream(for: endpoint, to: address)
    if try socket.connect(to: address) == .inProgress {
        #expect(wait(socket.fileDescriptor, for: POLLOUT))
    }
    try socket.finishConnecting(to: address)
    return socket
}

/// The next connection within two seconds.
func accept(_ listener: borrowing Socket) throws -> Socket {
    #expect(wait(listener.fileDescriptor))
    switch try listener.accept() {
    case .accepted(let socket, _): return socket
    default:
        Issue.record("no connection came")
        throw SocketError(.accept, .wouldBlock)
    }
}

/// What an expression throws, nil if nothing.
func refusal<R: ~Copyable>(_ body: () throws -> R) -> SocketError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? SocketError
    }
}

func loopback(_ port: UInt16) -> SocketAddress { .ipv4(.loopback, port: port) }

/// A directory of its own for each use, removed at the end.
func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/parley-XXXXXX".utf8CString)
    let directory = try #require(unsafe mkdtemp(&template).map { unsafe String(cString: $0) })
    defer {
        removeAll(directory)
    }
    try body(directory)
}

private func removeAll(_ directory: String) {
    guard let stream = unsafe opendir(directory) else { return }
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { _ = unsafe unlink("\(directory)/\(name)") }
    }
    unsafe closedir(stream)
    _ = unsafe rmdir(directory)
}
