internal import Glibc
internal import ParleySockets
internal import ParleyTypes

/// The requests of sock_diag(7).
enum SocketQuestion {
    /// Asks for the sockets of a protocol over IPv4 and IPv6.
    ///
    /// - Throws: `.noSuchFile`: the kernel has no lister for this protocol.
    static func ask(
        _ place: borrowing DiagnosisSocket,
        _ kind: KernelSocket.Kind,
        _ choice: SocketChoice,
        into result: inout KernelSockets
    ) throws(SocketError) {
        let states = choice.mask(for: kind)
        guard states != 0 else { return }
        for family in [AF_INET, AF_INET6] {
            let request = request(family, kind.protocolNumber, states: states, port: choice.port)
            do throws(SocketError) {
                let isWhole = try place.ask(request) { message throws(SocketError) in
                    guard let socket = try KernelSocket(internet: message, kind), choice.takes(socket) else {
                        return
                    }
                    result.sockets.append(socket)
                }
                if !isWhole { result.isConsistent = false }
            } catch {
                // A kernel without IPv6 lists none.
                guard error.code == .noSuchFile, family == AF_INET6 else { throw error }
            }
        }
    }

    /// Asks for Unix sockets.
    static func ask(
        _ place: borrowing DiagnosisSocket,
        unix kinds: Set<KernelSocket.Kind>,
        _ choice: SocketChoice,
        into result: inout KernelSockets
    ) throws(SocketError) {
        let states = choice.mask(for: .unixStream)
        guard states != 0 else { return }
        var sockets: [KernelSocket] = []
        let isWhole = try place.ask(unixRequest(states: states)) { message throws(SocketError) in
            guard let socket = try KernelSocket(unix: message), kinds.contains(socket.kind),
                choice.takes(socket)
            else { return }
            sockets.append(socket)
        }
        if !isWhole { result.isConsistent = false }
        result.sockets += sockets
    }

    /// struct inet_diag_req_v2 and a filter.
    static func request(_ family: Int32, _ number: UInt8, states: UInt32, port: UInt16?) -> NetlinkRequest {
        var body = [UInt8](repeating: 0, count: 56)
        body[0] = UInt8(family)
        body[1] = number
        body[2] = 1 << (InternetAttribute.memory.rawValue - 1)
        put(states, at: 4, in: &body)
        var request = NetlinkRequest(.socketsByFamily, .dump, sequence: UInt32(family))
        unsafe request.append(body.span.bytes)
        if let port {
            // INET_DIAG_REQ_BYTECODE
            unsafe request.append(attribute: 1, filter(port: port).span.bytes)
        }
        return request
    }

    /// `sport = port or dport = port` in the kernel's code for such filters (struct inet_diag_bc_op: a code,
    /// how far to go if true, how far if false). The end of the code takes a socket, four bytes beyond it
    /// refuse.
    static func filter(port: UInt16) -> [UInt8] {
        let (jump, sourceEquals, destinationEquals) = (UInt8(1), UInt8(11), UInt8(12))
        var code: [UInt8] = []
        func step(_ operation: UInt8, ifTrue yes: UInt8, ifFalse no: UInt16) {
            code += [operation, yes]
            unsafe withUnsafeBytes(of: no) { unsafe code.append(contentsOf: $0) }
        }
        step(sourceEquals, ifTrue: 8, ifFalse: 12)
        step(0, ifTrue: 0, ifFalse: port)
        // A jump goes where "false" would.
        step(jump, ifTrue: 4, ifFalse: 12)
        step(destinationEquals, ifTrue: 8, ifFalse: 12)
        step(0, ifTrue: 0, ifFalse: port)
        return code
    }

    /// struct unix_diag_req
    private static func unixRequest(states: UInt32) -> NetlinkRequest {
        // UDIAG_SHOW_NAME, _PEER, _RQLEN, _UID
        let shown: UInt32 = 0x1 | 0x4 | 0x10 | 0x40
        var body = [UInt8](repeating: 0, count: 24)
        body[0] = UInt8(AF_UNIX)
        put(states, at: 4, in: &body)
        put(shown, at: 12, in: &body)
        var request = NetlinkRequest(.socketsByFamily, .dump, sequence: UInt32(AF_UNIX))
        unsafe request.append(body.span.bytes)
        return request
    }

    private static func put(_ number: UInt32, at offset: Int, in bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: number) { unsafe bytes.replaceSubrange(offset..<offset + 4, with: $0) }
    }
}

extension DiagnosisSocket {
    borrowing func ask(
        _ request: NetlinkRequest,
        _ answer: (NetlinkMessage) throws(SocketError) -> Void
    ) throws(SocketError) -> Bool {
        switch socket {
        case .some(let socket): try socket.ask(request, answer: answer)
        case .none: throw SocketError(.inspect, .noSuchFile)
        }
    }
}

extension KernelSocket.Kind {
    /// The protocol's number over IP.
    var protocolNumber: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        case .udpLite: 136
        case .raw: 255
        case .unixStream, .unixDatagram, .sequencedPacket: 0
        }
    }
}
