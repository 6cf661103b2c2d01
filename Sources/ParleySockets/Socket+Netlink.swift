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
    ///   - answer: Called with each message about the request, until it throws. The answer is read to its end
    ///     all the same: the kernel makes one dump at a time for a socket.
    /// - Returns: `false`: what was listed changed meanwhile, so that entries may be missing or double.
    /// - Throws: What `answer` throws, or what the kernel answered; `.wouldBlock`: no answer;
    ///   `.noBufferSpace`: a part of it was lost; `.messageTooLong` and `.protocolError`: what came is not
    ///   what netlink(7) describes.
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
        var course = NetlinkCourse(request)
        while !course.isDone {
            var span = memory.mutableSpan
            var bytes = unsafe span.mutableBytes
            do throws(SocketError) {
                guard let datagram = try receive(into: &bytes, from: NetlinkAddress.self) else {
                    throw course.error ?? SocketError(.receive, .wouldBlock, subject: "the kernel’s answer")
                }
                guard !datagram.isTruncated else { throw SocketError(.receive, .messageTooLong) }
                // Any process may write to us: only the kernel's port is 0.
                guard datagram.sender?.port == 0 else { continue }
                course.read(unsafe memory.span.bytes.extracting(first: datagram.byteCount), answer)
            } catch {
                // What did not get lost of the answer still stands in the queue.
                guard error.code == .noBufferSpace, course.error == nil else { throw error }
                course.error = error
            }
        }
        if let error = course.error { throw error }
        return course.isConsistent
    }
}

/// How far the answer to a request is.
private struct NetlinkCourse {
    let sequence: UInt32
    var isConsistent = true
    var isDone = false
    var error: SocketError?

    init(_ request: NetlinkRequest) {
        sequence = request.sequence
    }

    /// Takes a datagram of the kernel.
    mutating func read(_ datagram: RawSpan, _ answer: (NetlinkMessage) throws(SocketError) -> Void) {
        var messages = NetlinkMessages(datagram)
        do {
            while !isDone, let message = try messages.next() {
                // What belongs to a request whose answer nobody read to the end.
                guard message.sequence == sequence else { continue }
                if message.flags.contains(.interrupted) { isConsistent = false }
                try take(message, answer)
            }
        } catch let caught as SocketError {
            fail(caught)
        } catch {
            // A NetlinkFormatError: the compiler sees only that two types may come here.
            fail(SocketError(.receive, .protocolError, subject: "\(error)"))
            isDone = true
        }
    }

    private mutating func take(
        _ message: NetlinkMessage,
        _ answer: (NetlinkMessage) throws(SocketError) -> Void
    ) throws {
        switch try message.outcome() {
        case .acknowledged?, .finished?: isDone = true
        case .failed(let code)?:
            fail(SocketError(.receive, code, subject: "the kernel’s answer"))
            isDone = true
        case .overrun?: fail(SocketError(.receive, .noBufferSpace))
        case .nothing?: break
        case nil: if error == nil { try answer(message) }
        }
    }

    /// The first error is the one that is told.
    private mutating func fail(_ error: SocketError) {
        self.error = self.error ?? error
    }
}
