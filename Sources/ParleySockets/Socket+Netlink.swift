internal import CParleyLinux
internal import Glibc
public import ParleyTypes

extension Socket {
    /// The most bytes of a netlink datagram that ``ask(_:answer:)`` takes: the kernel makes dumps of at most
    /// 32 KiB.
    public static let netlinkBytesMax = 65536

    /// Asks the kernel and takes its whole answer, of however many datagrams. The kernel answers before the
    /// request's system call ends, so nothing here waits.
    ///
    /// - Parameters:
    ///   - request: With ``NetlinkFlags/dump``, or with ``NetlinkFlags/acknowledge``: otherwise a success
    ///     without content would leave no trace.
    ///   - answer: Called with each message about the request.
    /// - Returns: `false`: what was listed changed meanwhile, so that entries may be missing or double.
    /// - Throws: What the kernel answered; `.wouldBlock`: no answer; `.noBufferSpace`: a part of it was lost;
    ///   `.messageTooLong` and `.protocolError`: what came is not what netlink(7) describes.
    ///
    /// The corresponding C functions are `sendto` and `recvfrom`.
    public func ask(
        _ request: NetlinkRequest,
        answer: (NetlinkMessage) throws(SocketError) -> Void
    ) throws(SocketError) -> Bool {
        guard unsafe try send(request.bytes.span.bytes, to: NetlinkAddress.kernel) else {
            throw SocketError(.send, .wouldBlock, subject: "\(NetlinkAddress.kernel)")
        }
        var memory = [UInt8](repeating: 0, count: Self.netlinkBytesMax)
        var isConsistent = true
        while true {
            var span = memory.mutableSpan
            var bytes = unsafe span.mutableBytes
            guard let datagram = try receive(into: &bytes, from: NetlinkAddress.self) else {
                throw SocketError(.receive, .wouldBlock, subject: "an answer to \(request.sequence)")
            }
            guard !datagram.isTruncated else { throw SocketError(.receive, .messageTooLong) }
            // Any process may write to us: only the kernel's port is 0.
            guard datagram.sender?.port == 0 else { continue }
            let isDone = try read(
                unsafe memory.span.bytes.extracting(first: datagram.byteCount),
                request.sequence,
                &isConsistent,
                answer
            )
            if isDone { return isConsistent }
        }
    }

    /// Whether the answer is complete after this datagram.
    private func read(
        _ datagram: RawSpan,
        _ sequence: UInt32,
        _ isConsistent: inout Bool,
        _ answer: (NetlinkMessage) throws(SocketError) -> Void
    ) throws(SocketError) -> Bool {
        var messages = NetlinkMessages(datagram)
        do {
            while let message = try messages.next() {
                // What belongs to a request whose answer nobody read to the end.
                guard message.sequence == sequence else { continue }
                if message.flags.contains(.interrupted) { isConsistent = false }
                switch try message.outcome() {
                case .acknowledged?, .finished?: return true
                case .failed(let code)?: throw SocketError(.receive, code, subject: "the kernel’s answer")
                case .overrun?: throw SocketError(.receive, .noBufferSpace)
                case .nothing?: continue
                case nil: try answer(message)
                }
            }
        } catch let error as SocketError {
            throw error
        } catch {
            // A NetlinkFormatError: the compiler sees only that two types may come here.
            throw SocketError(.receive, .protocolError, subject: "\(error)")
        }
        return false
    }
}
