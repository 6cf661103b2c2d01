import ParleyTypes
import Testing

@Suite struct SocketErrorTests {
    static let any = SocketAddress.ipv4(.any, port: 8086)
    static let low = SocketAddress.ipv4(.any, port: 80)
    static let host = SocketAddress.ipv4(IPv4Address(192, 0, 2, 1), port: 8089)
    static let file = SocketAddress.unix(.path("/run/a.sock"))

    @Test func aMessageIsOperationAddressCauseAndRemedy() {
        let error = SocketError(.bind, .addressInUse, local: Self.any)
        #expect(
            error.description.hasPrefix(
                "bind 0.0.0.0:8086: address already in use (EADDRINUSE). Another socket"
            )
        )
        #expect(
            "\(SocketError(.connect, .connectionRefused, remote: Self.host))".hasPrefix(
                "connect 192.0.2.1:8089: "
            )
        )
        #expect(
            "\(SocketError(.resolve, .nameNotFound, subject: "a.example"))".hasPrefix(
                "resolve a.example: no such host"
            )
        )
        #expect("\(SocketError(.accept, ErrorCode(rawValue: 200)))" == "accept: unknown error (errno 200)")
    }

    @Test(arguments: [
        (SocketError(.bind, .addressInUse, local: any), "ss -lnptu"),
        (SocketError(.bind, .addressInUse, local: file), "stop that process"),
        (SocketError(.bind, .addressInUse, local: .unix(.abstract([1]))), "another name"),
        (SocketError(.bind, .addressNotAvailable, local: host), "ip address"),
        (SocketError(.bind, .permissionDenied, local: low), "CAP_NET_BIND_SERVICE"),
        (SocketError(.bind, .permissionDenied, local: file), "XDG_RUNTIME_DIR"),
        (SocketError(.bind, .noSuchFile, local: file), "directory"),
        (SocketError(.bind, .nameTooLong, local: file), "107"),
        (SocketError(.bind, .operationNotSupported, local: host), "SO_REUSEADDR"),
        (SocketError(.join, .noSuchDevice), "ip link"),
        (SocketError(.join, .noBufferSpace), "igmp_max_memberships"),
        (SocketError(.join, .invalidArgument), "224.0.0.0"),
        (SocketError(.join, .addressInUse), "already a member"),
        (SocketError(.open, .addressFamilyNotSupported), "kernel"),
        (SocketError(.open, .tooManyFilesInProcess), "ulimit -n"),
        (SocketError(.accept, .tooManyFilesInSystem), "fs.file-max"),
        (SocketError(.connect, .connectionRefused, remote: host), "nobody listens on this port"),
        (SocketError(.connect, .connectionRefused, remote: file), "left over"),
        (SocketError(.connect, .noSuchFile, remote: file), "start the server"),
        (SocketError(.connect, .permissionDenied, remote: file), "write permission"),
        (SocketError(.connect, .wrongProtocolType, remote: file), "another type"),
        (SocketError(.connect, .wouldBlock, remote: file), "queue"),
        (SocketError(.connect, .timedOut, remote: host), "firewall"),
        (SocketError(.connect, .networkUnreachable, remote: host), "ip route"),
        (SocketError(.connect, .hostUnreachable, remote: host), "link"),
        (SocketError(.connect, .addressNotAvailable, remote: host), "ip_local_port_range"),
        (SocketError(.connect, .addressNotAvailable, local: any, remote: host), "already has a connection"),
        (SocketError(.connect, .connectionAborted, local: host, remote: host), "met itself"),
        (SocketError(.send, .permissionDenied, remote: host), "broadcast=true"),
        (SocketError(.send, .notPermitted, remote: host), "firewall"),
        (SocketError(.send, .messageTooLong, remote: file), "sndbuf"),
        (SocketError(.send, .operationNotSupported, remote: file), "seqpacket:"),
        (SocketError(.send, .invalidArgument, remote: file, subject: "254"), "at most 253 descriptors"),
        (SocketError(.send, .tooManyReferences, remote: file), "let their receivers take them"),
        (SocketError(.send, .noBufferSpace, remote: host), "slowly"),
        (SocketError(.send, .messageTooLong, remote: host), "65507"),
        (SocketError(.send, .connectionRefused, remote: host), "start the receiver"),
        (SocketError(.send, .invalidArgument, remote: host.with(port: 0)), "Port 0"),
        (
            SocketError(.send, .invalidArgument, remote: .ipv6(IPv6Address("fe80::1")!, port: 1, zone: 0)),
            "fe80::1%eth0"
        ),
        (SocketError(.send, .brokenPipe, remote: host), "connect anew"),
        (SocketError(.receive, .connectionReset, remote: host), "connect anew"),
        (SocketError(.resolve, .nameNotFound, subject: "a"), "spelling"),
        (SocketError(.resolve, .resolverUnavailable, subject: "a"), "resolv.conf"),
        (SocketError(.resolve, .nameWithoutAddress, subject: "a"), "numbers"),
    ])
    func theRemedySaysWhatToDo(error: SocketError, part: String) {
        #expect(error.remedy.contains(part))
        #expect(error.remedy.hasSuffix("."))
    }

    @Test func everyCodeThatSocketsUseHasItsNameOfC() {
        let names = [
            1: "EPERM", 11: "EAGAIN", 13: "EACCES", 19: "ENODEV", 22: "EINVAL", 23: "ENFILE", 24: "EMFILE",
            32: "EPIPE",
            36: "ENAMETOOLONG", 90: "EMSGSIZE", 97: "EAFNOSUPPORT", 98: "EADDRINUSE", 99: "EADDRNOTAVAIL",
            101: "ENETUNREACH", 104: "ECONNRESET", 105: "ENOBUFS", 110: "ETIMEDOUT", 111: "ECONNREFUSED",
            113: "EHOSTUNREACH", -2: "EAI_NONAME", -3: "EAI_AGAIN", -11: "EAI_SYSTEM",
        ]
        for (number, name) in names {
            #expect(ErrorCode(rawValue: Int32(number)).name == name)
        }
        #expect(ErrorCode(rawValue: -77).name == "EAI -77")
    }

    @Test func noCodeIsBothRetriedAtOnceAndASignOfExhaustion() {
        for number in -12...200 as ClosedRange<Int32> {
            let code = ErrorCode(rawValue: number)
            #expect(!(code.isTransientForAccept && code.isExhaustion))
        }
    }
}
