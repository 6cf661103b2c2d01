extension SocketError {
    /// What to do about it, in one sentence; empty where there is nothing better to say than the cause
    /// itself.
    public var remedy: String {
        if let misfit { return "\(misfit.cause) \(misfit.remedy)" }
        return switch operation {
        case .resolve: remedyForName
        case .open: remedyForOpening ?? remedyForSettingUp ?? remedyForAny
        case .option: remedyForOption ?? remedyForSettingUp ?? remedyForAny
        case .bind, .listen, .join, .leave: remedyForSettingUp ?? remedyForAny
        case .adopt: remedyForAdopting ?? remedyForAny
        case .connect, .accept: remedyForMeeting ?? remedyForAny
        case .send, .receive, .shutdown, .close, .wait: remedyForTalking ?? remedyForAny
        case .inspect: remedyForInspecting ?? remedyForTalking ?? remedyForAny
        }
    }

    private var remedyForName: String {
        switch code {
        case .nameNotFound: "Check the spelling, /etc/hosts and the DNS, or give the address in numbers."
        case .nameWithoutAddress, .nameOfOtherFamily:
            "The name exists all the same: give the host's address in numbers, or a name that has one."
        case .resolverUnavailable: "Check the network and /etc/resolv.conf, then try again."
        case .resolverFailed:
            "The name server refused to answer: ask another one, or give the address in numbers."
        default: remedyForAny
        }
    }

    private var remedyForAdopting: String? {
        switch code {
        case .noSuchFile:
            "Have it passed: FileDescriptorName= in the .socket unit names it, `systemd-socket-activate "
                + "--fdname=` tries it out."
        case .invalidArgument: "Several sockets were passed: name one, as in activated://NAME."
        case .addressInUse: "This process has taken it already: each passed socket is used once."
        case .notASocket:
            "Pass sockets: ListenStream=, ListenDatagram= or ListenSequentialPacket= in the .socket unit."
        case .wrongProtocolType:
            "A listener needs a listening socket (ListenStream=, Accept=no), a mailbox a datagram socket "
                + "(ListenDatagram=), a connection a connected one (Accept=yes)."
        default: nil
        }
    }

    private var remedyForSettingUp: String? {
        switch (code, local) {
        case (.addressInUse, .unix(.path)?):
            "A live process answers there, or the file is not ours to replace: stop that process or "
                + "choose another path."
        case (.addressInUse, .unix?):
            "A live socket holds this name: stop its process or choose another name."
        case (.addressInUse, _) where operation == .join:
            "This socket is already a member of the group on that interface: leave it first to change whom "
                + "it hears."
        case (.addressInUse, _):
            "Another socket holds this port: stop its process (`ss -lnptu` names it) or choose another port; "
                + "sharing a port must be allowed by both sides."
        case (.addressNotAvailable, .unix?): nil
        case (.addressNotAvailable, _) where operation == .leave,
            (.invalidArgument, _) where operation == .leave:
            "This socket is not a member of that group, or does not hear that sender there."
        case (.addressNotAvailable, _) where operation == .join: "This socket hears that sender already."
        case (.addressNotAvailable, _):
            "No interface of this host has this address: `ip address` lists the ones there are."
        case (.permissionDenied, .unix?):
            "The directory does not allow it: choose one where this user may create files, such as "
                + "$XDG_RUNTIME_DIR."
        case (.permissionDenied, let local?) where operation == .bind && (local.port ?? 0) < 1024:
            "Ports below 1024 are kept for programs with CAP_NET_BIND_SERVICE: choose a port from 1024 up."
        case (.notPermitted, _), (.permissionDenied, _):
            "The right to do this is missing: run as root or give the program the capability it needs."
        case (.noSuchFile, .unix?): "The directory does not exist: create it, or choose another path."
        case (.notADirectory, .unix?):
            "A part of the path before the name is not a directory: correct the path."
        case (.readOnlyFileSystem, .unix?):
            "Choose a path on a file system that can be written, such as /run."
        case (.nameTooLong, _):
            "A path or name of a Unix socket has at most \(UnixAddress.lengthMax) bytes: choose a "
                + "shorter one, or go into the directory and use a relative path."
        case (.addressFamilyNotSupported, _) where operation == .bind:
            "The socket speaks another family than this address: open one of its family."
        case (.noSuchDevice, _), (.noData, _): "Name an interface of this host as it is written in `ip link`."
        case (.noBufferSpace, _) where operation == .join:
            "A socket may join 20 groups (net.ipv4.igmp_max_memberships) and name 10 senders for each "
                + "(net.ipv4.igmp_max_msf, net.ipv6.mld_max_msf): raise the limit or use a second socket."
        case (.destinationRequired, _) where operation == .join:
            "Senders are chosen within a group: give a group's address, or leave out ?source."
        case (.operationNotSupported, _)
        where (operation == .join || operation == .leave) && subject?.contains(", kept to ") == true:
            "A socket that is kept to one interface hears no other: join there, or open it without interface."
        case (.operationNotSupported, _) where operation == .join:
            "It is bound to another address and hears only what is sent there: join from a mailbox at every "
                + "local address, such as udp://:8089."
        case (.invalidArgument, _) where operation == .join && subject?.contains(" from ") == true:
            "A sender is named by its address, of the group's family and no group itself."
        case (.operationNotSupported, _)
        where operation == .bind && subject == PortReuse.groupMember.rawValue:
            "A group is an address from 224.0.0.0 to 239.255.255.255, or one that begins with ff in IPv6: on "
                + "another one SO_REUSEADDR would let any process take its datagrams."
        case (.invalidArgument, _) where operation == .join:
            "A group is an address from 224.0.0.0 to 239.255.255.255, or one that begins with ff in IPv6."
        case (.invalidArgument, let local?) where operation == .bind && local.isLinkLocal:
            "A link-local address needs its interface: write [fe80::1%eth0], or name it with ?interface=eth0."
        case (.operationNotSupported, _) where operation == .bind:
            "SO_REUSEADDR on a unicast UDP port would let any process take its datagrams: use .exclusive, "
                + "or .loadBalanced to share among processes of one user."
        default: nil
        }
    }

    private var remedyForMeeting: String? {
        switch (code, remote) {
        case (_, let remote?) where remote.port == 0: Self.remedyForPortZero
        case (.connectionRefused, .unix(.path)?):
            "Nobody listens there, the file is left over from a process that ended: start the server."
        case (.connectionRefused, .unix?):
            "Nobody listens under this name, or by another transport (unix:, seqpacket:): start the server."
        case (.connectionRefused, _):
            "The host answers, and nobody listens on this port: start the server or correct the port."
        case (.noSuchFile, .unix?): "There is no such socket: start the server or correct the path."
        case (.permissionDenied, .unix?):
            "The socket's file or directory does not let this user in: writing to it needs the write "
                + "permission."
        case (.permissionDenied, .ipv4?):
            "To reach a broadcast address the socket needs SO_BROADCAST: add ?broadcast=true to the endpoint."
        case (.wrongProtocolType, .unix?):
            "The socket there is of another type: try unix:, seqpacket: or unixgram:, whichever its server uses."
        case (.wouldBlock, .unix?):
            "The server's queue of new connections is full: it accepts too slowly, try again."
        case (.addressNotAvailable, _) where local?.port ?? 0 != 0:
            "This local port already has a connection to that address: let the system choose the local port."
        case (.addressNotAvailable, _):
            "No free local port or no fitting local address is left: see net.ipv4.ip_local_port_range "
                + "and `ip address`."
        case (.connectionAborted, _) where remote != nil && remote == local:
            "The connection met itself, because nobody listens on this port: start the server."
        case (.addressInUse, _): "The local port is taken: let the system choose it."
        case (.destinationRequired, _): "Name whom to connect to: a host and a port, or a path."
        case (.timedOut, _): "No answer: the host is down, or a firewall on the way drops the packets."
        case (.invalidArgument, let remote?) where remote.isLinkLocal:
            "A link-local address needs its interface: write [fe80::1%eth0]."
        case (.addressFamilyNotSupported, _):
            "The socket speaks another family than this address: open one for every local address (udp://:0)."
        default: nil
        }
    }

    private var remedyForTalking: String? {
        switch (code, remote) {
        case (.permissionDenied, let remote?) where remote.port != nil:
            "To send to a broadcast address the socket needs SO_BROADCAST: add ?broadcast=true to the "
                + "endpoint."
        case (.permissionDenied, .unix?):
            "The socket's file or directory does not let this user in: writing to it needs the write "
                + "permission."
        case (.notPermitted, _):
            "A firewall rule of this host forbids it: see `nft list ruleset` or iptables."
        case (.messageTooLong, _): remedyForSize
        case (.connectionRefused, .unix(.path)?):
            "Nobody receives there, the file is left over from a process that ended: start the receiver."
        case (.connectionRefused, .unix?):
            "Nobody receives under this name, or by another transport (unix:, seqpacket:): start the receiver."
        case (.connectionRefused, _):
            "An earlier datagram reached the host, and nobody receives on that port: start the receiver."
        case (.noSuchFile, .unix?): "There is no such socket: start the receiver or correct the path."
        case (.wrongProtocolType, .unix?):
            "The socket there is of another type: try unix:, seqpacket: or unixgram:, whichever its server uses."
        case (.connectionReset, _), (.brokenPipe, _):
            "The other side closed or crashed while data was under way: connect anew and repeat what "
                + "was not answered."
        case (.timedOut, _): "The other side no longer answers: connect anew."
        case (.invalidArgument, _) where operation == .send && subject != nil:
            "A message passes at most \(PassedDescriptors.countMax) descriptors that are open, and a stream "
                + "only with a byte: this one was to pass \(subject ?? "")."
        case (.operationNotSupported, _) where operation == .send || operation == .receive:
            "Descriptors travel with messages within one host: use a seqpacket: endpoint."
        case (.tooManyReferences, _):
            "Too many descriptors of this user are under way: let their receivers take them first."
        case (.invalidArgument, let remote?) where remote.port == 0: Self.remedyForPortZero
        case (.invalidArgument, let remote?) where remote.isLinkLocal:
            "A link-local address needs its interface: write [fe80::1%eth0]."
        case (.alreadyShutDown, _):
            "This side has said that it sends nothing more: send before that, or connect anew."
        case (.notConnected, _), (.destinationRequired, _):
            "The socket has no peer yet: connect first or name a recipient."
        case (.addressFamilyNotSupported, _):
            "The socket speaks another family than this address: open one for every local address (udp://:0)."
        default: nil
        }
    }

    private static let remedyForPortZero =
        "Port 0 reaches nobody: give the port that the other side has. Who sent from port 0 wants no answer."

    /// The subject of such an error begins with the bytes that the message has, where they are known.
    private var remedyForSize: String {
        let count = subject.flatMap { Int($0.prefix { $0.isNumber }) }
        let this = count.map { ", and this one has \($0)" } ?? ""
        if case .unix? = remote ?? local {
            return
                "Within a host a message holds at most the send queue less 32 bytes\(this): add ?sndbuf=1M or "
                + "more to the endpoint (net.core.wmem_max caps it), send less, or use unix:, a stream."
        }
        if let count, count <= 65507 {
            return "This message of \(count) bytes is larger than a packet on this way, and must not be cut "
                + "(mtudiscover): send less, allow fragments, or use tcp:, a stream."
        }
        return "A datagram holds at most 65507 bytes over IPv4 and 65527 over IPv6\(this): send less, or use "
            + "tcp:, a stream."
    }

    private var remedyForAny: String {
        switch code {
        case .tooManyFilesInProcess:
            "This process has no descriptor left: raise `ulimit -n` or close what is not needed."
        case .tooManyFilesInSystem:
            "The whole system has no descriptor left: raise fs.file-max or find who holds them."
        case .noBufferSpace, .outOfStreams: "A queue of the system is full: send more slowly, then try again."
        case .outOfMemory, .resolverOutOfMemory: "The system is short of memory: free some, then try again."
        case .networkUnreachable where (traits?.interface ?? 0) != 0:
            "There is no route to this network by the interface that was named: check `ip route`."
        case .networkUnreachable: "There is no route to this network: check `ip route`, or name an interface."
        case .hostUnreachable, .hostDown:
            "Nobody answers for this host on its link, or a router or firewall on the way says that it cannot be "
                + "reached: check the address, the cable and `ip route get`."
        case .networkDown: "The interface is down: `ip link set NAME up`."
        case .addressFamilyNotSupported, .protocolNotSupported, .socketTypeNotSupported,
            .protocolFamilyNotSupported:
            "This kernel was built or started without it: use another family or transport."
        case .timedOut:
            "No answer in time: check that the other side runs and that no firewall drops the packets."
        case .nameTooLong: "Choose a shorter name."
        case .permissionDenied, .notPermitted: "The right to do this is missing."
        case .noSuchDevice: "Name an interface of this host as it is written in `ip link`."
        case .operationNotSupported where operation == .option, .protocolOptionUnavailable:
            "Sockets of this protocol have no such option: leave it out."
        default: ""
        }
    }
}
