internal import CParleyLinux
internal import Glibc
internal import ParleyTypes

// How full the kernel's queues are, for those who watch over a program.

extension Socket {
    /// How many bytes of a stream have come and were not received; for datagrams the size of the first one.
    ///
    /// The corresponding C function is `ioctl` (FIONREAD, also called SIOCINQ).
    public var receivableBytes: Int {
        get throws(SocketError) {
            var count: Int32 = 0
            guard unsafe ioctl(fileDescriptor, UInt(FIONREAD), &count) == 0 else {
                throw failure(.inspect, ErrorCode(errno), subject: "FIONREAD")
            }
            return Int(count)
        }
    }

    /// How many connections wait in a TCP listener's queue to be accepted. (TCP_INFO: tcpi_unacked)
    public var waitingConnections: Int {
        get throws(SocketError) {
            // The kernel fills what it is given room for. tcpi_unacked of struct tcp_info (linux/tcp.h) is the
            // fifth number behind eight bytes; of a listener it counts the queue.
            let numbers: InlineArray<7, UInt32> = try option(
                Level.tcp,
                TCP_INFO,
                "TCP_INFO",
                initial: .init(repeating: 0)
            )
            return Int(numbers[6])
        }
    }
}
