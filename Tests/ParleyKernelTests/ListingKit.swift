import Glibc
import ParleyKernel
import ParleySockets
import ParleyTypes
import Testing

extension Socket {
    /// The number under which /proc and the kernel's listings know it.
    var inode: UInt64 {
        get throws {
            var status = stat()
            try #require(unsafe fstat(fileDescriptor, &status) == 0)
            return UInt64(status.st_ino)
        }
    }

    /// This socket, as the kernel lists it.
    func listed(as kind: KernelSocket.Kind) throws -> KernelSocket? {
        let inode = try inode
        return try KernelSockets.list([kind]).first { $0.inode == inode }
    }
}

/// A TCP listener on a port of the system's choice.
func tcpListener(_ family: SocketFamily = .ipv4, backlog: Int32 = 8) throws -> Socket {
    let socket = try Socket(family, .stream)
    let host: SocketAddress = family == .ipv4 ? loopback() : .ipv6(.loopback, port: 0, zone: 0)
    try socket.bind(to: host)
    try socket.listen(backlog: backlog)
    return socket
}

/// A TCP connection that is being made; done after `isWritable`.
func tcpConnection(to address: SocketAddress) throws -> Socket {
    let socket = try Socket(.ipv4, .stream)
    _ = try socket.connect(to: address)
    return socket
}

/// The next connection, within two seconds.
func accepted(_ listener: borrowing Socket) throws -> Socket {
    var entry = pollfd(fd: listener.fileDescriptor, events: Int16(POLLIN), revents: 0)
    try #require(unsafe poll(&entry, 1, 2000) == 1)
    guard case .accepted(let socket, _) = try listener.accept() else {
        throw SocketError(.accept, .wouldBlock)
    }
    return socket
}

func loopback(_ port: UInt16 = 0) -> SocketAddress { .ipv4(.loopback, port: port) }

/// Asks again until the answer is there, for two seconds at most: closing takes place on its own time.
func eventually<Value>(_ body: () throws -> Value?) throws -> Value? {
    for _ in 0..<400 {
        if let value = try body() { return value }
        usleep(5000)
    }
    return nil
}
