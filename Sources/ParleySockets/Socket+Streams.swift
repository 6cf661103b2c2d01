internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// Sends bytes on a connection, as many as the queue takes.
    ///
    /// Never raises SIGPIPE: a peer that closed is `.brokenPipe`.
    ///
    /// - Returns: How many bytes were taken, perhaps fewer than all; nil: wait until the socket is writable.
    ///
    /// The corresponding C function is `send`.
    public func send(_ bytes: RawSpan, flags: MessageFlags = []) throws(SocketError) -> Int? {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(SocketError) in
            try attempt(.send) {
                unsafe Glibc.send(
                    fileDescriptor,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_NOSIGNAL) | flags.rawValue
                )
            }
        }
    }

    /// Receives what is there into the free part of a buffer.
    ///
    /// - Returns: How many bytes were added; 0: the peer has finished (or the buffer was full); nil: wait
    ///   until the socket is readable.
    ///
    /// The corresponding C function is `recv`.
    public func receive(
        into buffer: inout OutputRawSpan,
        flags: MessageFlags = []
    ) throws(SocketError) -> Int? {
        try unsafe buffer.withUnsafeMutableBytes { (bytes, count) throws(SocketError) in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
            let received = try attempt(.receive) {
                unsafe recv(fileDescriptor, free.baseAddress, free.count, flags.rawValue)
            }
            count += received ?? 0
            return received
        }
    }

    /// Receives what is there into memory that already has values.
    ///
    /// - Returns: How many bytes at the front were replaced; 0: the peer has finished (or there was no room);
    ///   nil: wait until the socket is readable.
    ///
    /// The corresponding C function is `recv`.
    public func receive(
        into bytes: inout MutableRawSpan,
        flags: MessageFlags = []
    ) throws(SocketError) -> Int? {
        try unsafe bytes.withUnsafeMutableBytes { (buffer) throws(SocketError) in
            try attempt(.receive) {
                unsafe recv(fileDescriptor, buffer.baseAddress, buffer.count, flags.rawValue)
            }
        }
    }
}
