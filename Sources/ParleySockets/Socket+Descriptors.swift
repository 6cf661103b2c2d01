internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension OwnedDescriptor {
    /// Takes over a descriptor that nobody else closes; it is closed with close(2).
    public init(owning fileDescriptor: Int32) {
        self.init(owning: fileDescriptor, closedBy: { _ = Glibc.close($0) })
    }
}

extension Socket {
    /// Sends bytes on a Unix socket together with open descriptors: the receiver gets its own ones for the
    /// same open files. They stay open here, and may be closed as soon as this returns.
    ///
    /// On a stream they travel with the first byte that was taken; a stream carries none without a byte.
    ///
    /// - Parameters:
    ///   - descriptors: At most ``PassedDescriptors/countMax``, each of them open.
    ///   - recipient: nil on a connected socket.
    /// - Returns: How many bytes were taken, and then all descriptors with them; nil: nothing was, wait until
    ///   the socket is writable.
    /// - Throws: `.invalidArgument` for too many descriptors, for one that is not open, and for a stream
    ///   without a byte; `.operationNotSupported` where the socket is none of Unix; `.tooManyReferences`.
    ///
    /// The corresponding C function is `sendmsg` (SCM_RIGHTS).
    public func send(
        _ bytes: RawSpan,
        passing descriptors: [Int32],
        to recipient: SocketAddress? = nil
    ) throws(SocketError) -> Int? {
        try checkPassing(descriptors, with: bytes.byteCount, recipient)
        var address = try recipient.map { (address) throws(SocketError) in try systemAddress(address, .send) }
        let room = parley_cmsg_space(descriptors.count * MemoryLayout<Int32>.stride)
        let result = unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { control in
            unsafe Self.write(descriptors, to: control)
            return unsafe bytes.withUnsafeBytes { buffer -> Result<Int?, SocketError> in
                var vector = unsafe iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                    iov_len: buffer.count
                )
                return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = vector
                    unsafe message.msg_iovlen = 1
                    if !descriptors.isEmpty {
                        unsafe message.msg_control = control.baseAddress
                        unsafe message.msg_controllen = control.count
                    }
                    return unsafe send(&message, to: &address, recipient)
                }
            }
        }
        do throws(SocketError) {
            return try result.get()
        } catch {
            guard error.code == .badDescriptor, let closed = descriptors.first(where: Self.isClosed) else {
                throw error
            }
            throw failure(
                .send,
                .invalidArgument,
                remote: recipient,
                subject: "descriptor \(closed), which is not open"
            )
        }
    }

    private func send(
        _ message: UnsafeMutablePointer<msghdr>,
        to address: inout SystemAddress?,
        _ recipient: SocketAddress?
    ) -> Result<Int?, SocketError> {
        Result { () throws(SocketError) in
            guard var name = address else {
                return try attempt(.send) { unsafe sendmsg(fileDescriptor, message, Int32(MSG_NOSIGNAL)) }
            }
            return try attempt(.send, remote: recipient) {
                unsafe name.withMutablePointer { pointer, length in
                    unsafe message.pointee.msg_name = UnsafeMutableRawPointer(pointer)
                    unsafe message.pointee.msg_namelen = length.pointee
                    return unsafe sendmsg(fileDescriptor, message, Int32(MSG_NOSIGNAL))
                }
            }
        }
    }

    private func checkPassing(
        _ descriptors: [Int32],
        with byteCount: Int,
        _ recipient: SocketAddress?
    ) throws(SocketError) {
        guard !descriptors.isEmpty else { return }
        guard family == .unix else { throw failure(.send, .operationNotSupported, remote: recipient) }
        let subject: String
        if descriptors.count > PassedDescriptors.countMax {
            subject = "\(descriptors.count)"
        } else if byteCount == 0, try kind == .stream {
            // The kernel would forget them without a word.
            subject = "\(descriptors.count) without a byte"
        } else {
            return
        }
        throw failure(.send, .invalidArgument, remote: recipient, subject: subject)
    }

    private static func isClosed(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFD) < 0 }

    private static func write(_ descriptors: [Int32], to control: UnsafeMutableRawBufferPointer) {
        guard let memory = control.baseAddress, !descriptors.isEmpty else { return }
        let bytes = descriptors.count * MemoryLayout<Int32>.stride
        unsafe ControlMessages.begin(SOL_SOCKET, Int32(SCM_RIGHTS), bytes: bytes, at: memory)
        for (index, descriptor) in descriptors.enumerated() {
            let offset = ControlMessages.dataOffset + index * MemoryLayout<Int32>.stride
            unsafe memory.storeBytes(of: descriptor, toByteOffset: offset, as: Int32.self)
        }
    }
}
