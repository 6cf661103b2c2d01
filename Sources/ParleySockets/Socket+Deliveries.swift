internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// Receives from a Unix socket what is there, and the descriptors that came with it.
    ///
    /// The other methods that receive leave the kernel no room for descriptors: it closes what a peer passes,
    /// and none is ever open in this process. Here `descriptorsMax` are the most that are, and the kernel
    /// closes the others. On a stream one call never brings the descriptors of two sends: it ends within the
    /// bytes of the first send that has some, and may begin with bytes of sends before.
    ///
    /// - Parameter descriptorsMax: 0 to ``PassedDescriptors/countMax``.
    /// - Returns: nil: wait until the socket is readable.
    ///
    /// The corresponding C function is `recvmsg` (SCM_RIGHTS, MSG_CMSG_CLOEXEC).
    public func receive(
        into bytes: inout MutableRawSpan,
        descriptorsMax: Int
    ) throws(SocketError) -> Delivery? {
        try receive(into: &bytes, descriptorsMax, markBytes: 0)?.delivery()
    }

    /// Receives the next message of a connection of sequenced packets that tells its end
    /// (``setTellsEnd(_:)``), and the descriptors that came with it.
    ///
    /// - Parameter descriptorsMax: As for ``receive(into:descriptorsMax:)``.
    ///
    /// The corresponding C function is `recvmsg`.
    public func receiveSequenced(
        into bytes: inout MutableRawSpan,
        descriptorsMax: Int = 0
    ) throws(SocketError) -> PacketOutcome {
        let markBytes = ControlMessages.packetMarkBytes
        guard let parts = try receive(into: &bytes, descriptorsMax, markBytes: markBytes) else {
            return .wouldBlock
        }
        // Nothing is closed here by mistake: an end brings no descriptors.
        return parts.isMarked ? .message(parts.delivery()) : .end
    }

    /// Whether a connection of sequenced packets tells its end from a message without bytes: recv(2) returns
    /// 0 for both. Every message then brings the time of its arrival along, and the end, which nobody sent,
    /// brings none. (SO_TIMESTAMPNS)
    public func setTellsEnd(_ value: Bool) throws(SocketError) {
        try setOption(SOL_SOCKET, SO_TIMESTAMPNS, "SO_TIMESTAMPNS", to: value)
    }

    /// What recvmsg(2) told, before anything is judged.
    private struct Parts {
        var byteCount: Int
        var sentByteCount: Int
        var sender: SocketAddress
        var numbers: [Int32] = []
        var isTruncated = false
        var isMarked = false

        func delivery() -> Delivery {
            Delivery(
                byteCount: byteCount,
                sentByteCount: sentByteCount,
                sender: sender,
                descriptors: PassedDescriptors(
                    owning: numbers,
                    isTruncated: isTruncated,
                    closedBy: { _ = Glibc.close($0) }
                )
            )
        }
    }

    /// - Parameter markBytes: what the mark of a message takes of the room for control messages, in front of
    ///   the descriptors.
    private func receive(
        into bytes: inout MutableRawSpan,
        _ descriptorsMax: Int,
        markBytes: Int
    ) throws(SocketError) -> Parts? {
        precondition(
            (0...PassedDescriptors.countMax).contains(descriptorsMax),
            "a message brings 0 to 253 descriptors"
        )
        // Exactly so much: CMSG_SPACE is rounded up, and the kernel would install one descriptor more in it.
        let room =
            markBytes
            + (descriptorsMax == 0 ? 0 : parley_cmsg_length(descriptorsMax * MemoryLayout<Int32>.stride))
        let capacity = bytes.byteCount
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe withUnsafeTemporaryAllocation(byteCount: max(room, 1), alignment: 8) { control in
                unsafe receive(into: buffer, control, room)
            }
        }
        guard var parts = try result.get() else { return nil }
        parts.byteCount = min(parts.sentByteCount, capacity)
        return parts
    }

    private func receive(
        into buffer: UnsafeMutableRawBufferPointer,
        _ control: UnsafeMutableRawBufferPointer,
        _ room: Int
    ) -> Result<Parts?, SocketError> {
        var address = SystemAddress()
        var vector = unsafe iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
        return unsafe withUnsafeMutablePointer(to: &vector) { vector in
            var message = unsafe msghdr()
            unsafe message.msg_iov = vector
            unsafe message.msg_iovlen = 1
            unsafe message.msg_control = control.baseAddress
            unsafe message.msg_controllen = room
            let flags = Int32(MSG_CMSG_CLOEXEC) | Int32(MSG_TRUNC)
            return Result { () throws(SocketError) in
                let count = try attempt(.receive) {
                    unsafe address.withMutablePointer { pointer, length in
                        unsafe message.msg_name = UnsafeMutableRawPointer(pointer)
                        unsafe message.msg_namelen = length.pointee
                        defer { unsafe length.pointee = message.msg_namelen }
                        return unsafe recvmsg(fileDescriptor, &message, flags)
                    }
                }
                guard let count else { return nil }
                var parts = Parts(
                    byteCount: count,
                    sentByteCount: count,
                    sender: address.value ?? .unix(.unnamed)
                )
                unsafe Self.read(&message, into: &parts)
                return parts
            }
        }
    }

    private static func read(_ message: inout msghdr, into parts: inout Parts) {
        parts.isTruncated = unsafe message.msg_flags & Int32(MSG_CTRUNC) != 0
        var item = unsafe parley_cmsg_first(&message)
        while let current = unsafe item {
            defer { unsafe item = parley_cmsg_next(&message, current) }
            guard unsafe current.pointee.cmsg_level == SOL_SOCKET,
                let data = unsafe UnsafeRawPointer(parley_cmsg_data(current))
            else { continue }
            if unsafe current.pointee.cmsg_type == SO_TIMESTAMPNS { parts.isMarked = true }
            guard unsafe current.pointee.cmsg_type == Int32(SCM_RIGHTS) else { continue }
            let size = unsafe Int(current.pointee.cmsg_len) - parley_cmsg_length(0)
            for index in 0..<size / MemoryLayout<Int32>.stride {
                let offset = index * MemoryLayout<Int32>.stride
                let number = unsafe data.loadUnaligned(fromByteOffset: offset, as: Int32.self)
                let descriptor = StandardStreams.avoid(number)
                // No number is left for it, as where the kernel finds none.
                if descriptor < 0 { parts.isTruncated = true } else { parts.numbers.append(descriptor) }
            }
        }
    }
}

extension ControlMessages {
    /// The mark of ``Socket/setTellsEnd(_:)``: a header and a `struct timespec`. Room for this and no
    /// descriptor.
    static let packetMarkBytes = 32
}
