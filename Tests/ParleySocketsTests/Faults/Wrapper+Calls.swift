import FaultInjection
import Glibc
import ParleySockets
import ParleyTypes

private let text: [UInt8] = Array("parley".utf8)

extension Wrapper {
    static let all: [Wrapper] =
        opening + connecting + accepting + sending + receiving + naming + closing + files + options

    static let opening: [Wrapper] = [
        Wrapper(
            description: "Socket.init",
            call: .socket,
            page: ManualPage.socket,
            operation: .open
        ) {
            { () throws(SocketError) in
                _ = try Socket(.ipv4, .datagram)
                return .done
            }
        },
        Wrapper(
            description: "Socket.pair",
            call: .socketpair,
            page: ManualPage.socketpair,
            operation: .open
        ) {
            { () throws(SocketError) in
                _ = try Socket.pair(.stream)
                return .done
            }
        },
        Wrapper(
            description: "bind(to:) of IPv4",
            call: .bind,
            page: ManualPage.bind,
            operation: .bind,
            tells: [.local]
        ) {
            let socket = try Socket(.ipv4, .datagram)
            return { () throws(SocketError) in
                try socket.bind(to: loopback(0))
                return .done
            }
        },
        Wrapper(
            description: "bind(to:) of Unix",
            call: .bind,
            page: ManualPage.bindOfUnix,
            operation: .bind,
            tells: [.local]
        ) {
            let socket = try Socket(.unix, .datagram)
            return { () throws(SocketError) in
                try socket.bind(to: .unix(.unnamed))
                return .done
            }
        },
        Wrapper(
            description: "listen",
            call: .listen,
            page: ManualPage.listen,
            operation: .listen,
            tells: [.local]
        ) {
            let socket = try Socket(.ipv4, .stream)
            try socket.bind(to: loopback(0))
            return { () throws(SocketError) in
                try socket.listen()
                return .done
            }
        },
        Wrapper(
            description: "Socket.listener(at:)",
            call: .listen,
            page: ManualPage.listen,
            operation: .listen,
            tells: [.local]
        ) {
            { () throws(SocketError) in
                _ = try Socket.listener(at: .tcp("127.0.0.1", 0), bound: loopback(0))
                return .done
            }
        },
        takingOver(.getsockopt, ManualPage.getsockopt),
        takingOver(.fcntl.with(1, F_GETFL), ManualPage.fcntl),
        takingOver(.fcntl.with(1, F_SETFL), ManualPage.fcntl),
        takingOver(.fcntl.with(1, F_SETFD), ManualPage.fcntl),
    ]

    private static func takingOver(_ call: SystemCall, _ page: [ErrorCode]) -> Wrapper {
        Wrapper(description: "Socket.init(takingOver:)", call: call, page: page, operation: .open) {
            let owner = try Socket(.ipv4, .datagram)
            return { () throws(SocketError) in
                _ = try Socket(takingOver: owner.fileDescriptor).take()
                return .done
            }
        }
    }

    static let connecting: [Wrapper] = [
        Wrapper(
            description: "connect(to:) of TCP",
            call: .connect,
            page: ManualPage.connect,
            operation: .connect,
            tells: [.remote],
            exceptions: [.inProgress: .inProgress, .interrupted: .inProgress],
            retries: false
        ) {
            let server = try listener("tcp://127.0.0.1:0")
            let address = try server.localAddress
            let client = try Socket(.ipv4, .stream)
            return { () throws(SocketError) in
                defer { withExtendedLifetime(server.fileDescriptor) {} }
                return try client.connect(to: address) == .inProgress ? .inProgress : .done
            }
        },
        Wrapper(
            description: "connect(to:) of UDP",
            call: .connect,
            page: ManualPage.connect,
            operation: .connect,
            tells: [.remote],
            exceptions: [.inProgress: .inProgress, .interrupted: .inProgress],
            retries: false
        ) {
            let client = try Socket(.ipv4, .datagram)
            return { () throws(SocketError) in
                try client.connect(to: loopback(9)) == .inProgress ? .inProgress : .done
            }
        },
        Wrapper(
            description: "finishConnecting(to:)",
            call: .getsockopt.with(2, SO_ERROR),
            page: ManualPage.getsockopt,
            operation: .option,
            tells: [.local, .remote, .subject]
        ) {
            let server = try listener("tcp://127.0.0.1:0")
            let address = try server.localAddress
            let client = try connect(to: address)
            return { () throws(SocketError) in
                defer { withExtendedLifetime(server.fileDescriptor) {} }
                try client.finishConnecting(to: address)
                return .done
            }
        },
        Wrapper(
            description: "shutdown",
            call: .shutdown,
            page: ManualPage.shutdown,
            operation: .shutdown,
            tells: [.local, .remote]
        ) {
            let pair = try Socket.pair(.stream)
            return { () throws(SocketError) in
                try pair.first.shutdown(.both)
                return .done
            }
        },
    ]

    static let accepting: [Wrapper] = [
        Wrapper(
            description: "accept",
            call: .accept4,
            page: ManualPage.accept,
            operation: .accept,
            tells: [.local],
            exceptions: answersOfAccept
        ) {
            let server = try listener("tcp://127.0.0.1:0")
            let client = try connect(to: server.localAddress)
            return { () throws(SocketError) in
                defer { withExtendedLifetime(client.fileDescriptor) {} }
                switch try server.accept() {
                case .accepted: return .done
                case .wouldBlock: return .wouldBlock
                case .transient(let code): return .transient(code)
                case .exhausted(let code): return .exhausted(code)
                }
            }
        }
    ]

    private static let answersOfAccept: [ErrorCode: Answer] = {
        let transient: [ErrorCode] = [
            .networkDown, .protocolError, .protocolOptionUnavailable, .hostDown, .machineNotOnNetwork,
            .hostUnreachable, .networkUnreachable, .connectionAborted, .timedOut,
        ]
        let exhausted: [ErrorCode] = [
            .tooManyFilesInProcess, .tooManyFilesInSystem, .noBufferSpace, .outOfMemory, .outOfStreams,
            .notPermitted,
        ]
        var answers: [ErrorCode: Answer] = [.wouldBlock: .wouldBlock]
        for code in transient { answers[code] = .transient(code) }
        for code in exhausted { answers[code] = .exhausted(code) }
        return answers
    }()

    static let sending: [Wrapper] = [
        Wrapper(
            description: "send(_:to:) over IPv4",
            call: .sendto,
            page: ManualPage.sendOfDatagrams,
            operation: .send,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let receiver = try datagram("udp://127.0.0.1:0")
            let address = try receiver.localAddress
            let sender = try datagram("udp://127.0.0.1:0")
            return { () throws(SocketError) in
                defer { withExtendedLifetime(receiver.fileDescriptor) {} }
                return unsafe try sender.send(text.span.bytes, to: address) ? .done : .wouldBlock
            }
        },
        Wrapper(
            description: "send(_:to:) over Unix",
            call: .sendto,
            page: ManualPage.sendOfDatagrams,
            operation: .send,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let receiver = try datagram("unixgram:")
            let address = try receiver.localAddress
            let sender = try datagram("unixgram:")
            return { () throws(SocketError) in
                defer { withExtendedLifetime(receiver.fileDescriptor) {} }
                return unsafe try sender.send(text.span.bytes, to: address) ? .done : .wouldBlock
            }
        },
        Wrapper(
            description: "send(_:to:from:)",
            call: .sendmsg,
            page: ManualPage.sendOfDatagrams,
            operation: .send,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let receiver = try datagram("udp://127.0.0.1:0")
            let address = try receiver.localAddress
            let sender = try datagram("udp://127.0.0.1:0")
            return { () throws(SocketError) in
                defer { withExtendedLifetime(receiver.fileDescriptor) {} }
                let isSent = unsafe try sender.send(text.span.bytes, to: address, from: loopback(0))
                return isSent ? .done : .wouldBlock
            }
        },
        Wrapper(
            description: "send(_:) on a stream",
            call: .sendto,
            page: ManualPage.send,
            operation: .send,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let pair = try Socket.pair(.stream)
            return { () throws(SocketError) in
                unsafe try pair.first.send(text.span.bytes) == text.count ? .done : .wouldBlock
            }
        },
        Wrapper(
            description: "send(_:_:at:cutting:using:)",
            call: .sendmmsg,
            page: ManualPage.sendOfDatagrams,
            operation: .send,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let receiver = try datagram("udp://127.0.0.1:0")
            let address = try receiver.localAddress
            let sender = try datagram("udp://127.0.0.1:0")
            return { () throws(SocketError) in
                defer { withExtendedLifetime(receiver.fileDescriptor) {} }
                var arguments = SendArguments()
                var position = TransmitPosition()
                let sent = unsafe try sender.send(
                    text.span.bytes,
                    [Transmit(0..<2, segmentBytes: 1, to: address)].span,
                    at: &position,
                    cutting: { _ in SegmentLimits(datagramsMax: 2) },
                    using: &arguments
                )
                return sent == 2 ? .done : .wouldBlock
            }
        },
    ]

    static let receiving: [Wrapper] = [
        Wrapper(
            description: "receive(into: OutputRawSpan)",
            call: .recvfrom,
            page: ManualPage.receiveOfStreams,
            operation: .receive,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let pair = try Socket.pair(.stream)
            _ = unsafe try pair.second.send(text.span.bytes)
            return { () throws(SocketError) in
                try unsafe withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) {
                    (buffer) throws(SocketError) in
                    var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
                    return try pair.first.receive(into: &output) == text.count ? .done : .wouldBlock
                }
            }
        },
        Wrapper(
            description: "receive(into: MutableRawSpan)",
            call: .recvfrom,
            page: ManualPage.receiveOfStreams,
            operation: .receive,
            tells: [.local, .remote],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let pair = try Socket.pair(.stream)
            _ = unsafe try pair.second.send(text.span.bytes)
            return { () throws(SocketError) in
                var bytes = [UInt8](repeating: 0, count: 16)
                var span = bytes.mutableSpan
                var raw = unsafe span.mutableBytes
                return try pair.first.receive(into: &raw) == text.count ? .done : .wouldBlock
            }
        },
        Wrapper(
            description: "discardErrors(atMost:)",
            call: .recvmsg,
            page: ManualPage.receive,
            operation: .receive,
            tells: [.local],
            exceptions: [.wouldBlock: .done]
        ) {
            let receiver = try readable()
            return { () throws(SocketError) in
                // None there is as good as any.
                _ = try receiver.discardErrors(atMost: 4)
                return .done
            }
        },
        Wrapper(
            description: "receiveDatagram(into:)",
            call: .recvmsg,
            page: ManualPage.receive,
            operation: .receive,
            tells: [.local],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let receiver = try readable()
            return { () throws(SocketError) in
                var bytes = [UInt8](repeating: 0, count: 16)
                var span = bytes.mutableSpan
                var raw = unsafe span.mutableBytes
                return try receiver.receiveDatagram(into: &raw)?.byteCount == text.count ? .done : .wouldBlock
            }
        },
        Wrapper(
            description: "receive(into: DatagramBatch)",
            call: .recvmmsg,
            page: ManualPage.receive,
            operation: .receive,
            tells: [.local],
            exceptions: [.wouldBlock: .wouldBlock]
        ) {
            let receiver = try readable()
            return { () throws(SocketError) in
                var batch = DatagramBatch(capacity: 4, slotBytes: 64)
                return try receiver.receive(into: &batch) == 1 ? .done : .wouldBlock
            }
        },
    ]

    /// A datagram socket for which something has come.
    private static func readable() throws -> Socket {
        let receiver = try datagram("udp://127.0.0.1:0")
        let sender = try datagram("udp://127.0.0.1:0")
        _ = unsafe try sender.send(text.span.bytes, to: receiver.localAddress)
        return receiver
    }

    static let naming: [Wrapper] = [
        Wrapper(
            description: "localAddress",
            call: .getsockname,
            page: ManualPage.getsockname,
            operation: .inspect
        ) {
            let socket = try datagram("udp://127.0.0.1:0")
            return { () throws(SocketError) in
                _ = try socket.localAddress
                return .done
            }
        },
        Wrapper(
            description: "remoteAddress",
            call: .getpeername,
            page: ManualPage.getpeername,
            operation: .inspect,
            tells: [.local]
        ) {
            let socket = try datagram("udp://127.0.0.1:0")
            _ = try socket.connect(to: loopback(9))
            return { () throws(SocketError) in
                _ = try socket.remoteAddress
                return .done
            }
        },
    ]

    /// close(2) is called once, whatever it says: Linux has released the number by then, and another thread
    /// may have got it.
    static let closing: [Wrapper] = [
        Wrapper(
            description: "close",
            call: .close,
            page: ManualPage.close,
            operation: .close,
            exceptions: Dictionary(uniqueKeysWithValues: ManualPage.close.map { ($0, .done) }),
            retries: false
        ) {
            let descriptor = try Socket(.ipv4, .datagram).take()
            return { () throws(SocketError) in
                try Socket(takingOver: descriptor).close()
                return .done
            }
        }
    ]
}
