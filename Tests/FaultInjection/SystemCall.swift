internal import CFaults

/// A system call, or those of its uses that some arguments single out.
public struct SystemCall: Sendable, Hashable {
    /// As the manual names it.
    public var name: String
    var number: Int32
    var positions: [Int32] = []
    var values: [UInt32] = []

    init(_ name: String, _ number: Int32) {
        self.name = name
        self.number = number
    }

    /// Only calls whose argument at `position` is `value`; two conditions at most.
    public func with(_ position: Int, _ value: Int32) -> SystemCall {
        precondition(positions.count < 2, "a fault looks at two arguments at most")
        var call = self
        call.positions.append(Int32(position))
        call.values.append(UInt32(bitPattern: value))
        return call
    }

    public static let socket = SystemCall("socket", fault_socket)
    public static let bind = SystemCall("bind", fault_bind)
    public static let listen = SystemCall("listen", fault_listen)
    public static let accept4 = SystemCall("accept4", fault_accept4)
    public static let connect = SystemCall("connect", fault_connect)
    public static let sendto = SystemCall("sendto", fault_sendto)
    public static let sendmsg = SystemCall("sendmsg", fault_sendmsg)
    public static let sendmmsg = SystemCall("sendmmsg", fault_sendmmsg)
    public static let recvfrom = SystemCall("recvfrom", fault_recvfrom)
    public static let recvmsg = SystemCall("recvmsg", fault_recvmsg)
    public static let recvmmsg = SystemCall("recvmmsg", fault_recvmmsg)
    public static let shutdown = SystemCall("shutdown", fault_shutdown)
    public static let getsockname = SystemCall("getsockname", fault_getsockname)
    public static let getpeername = SystemCall("getpeername", fault_getpeername)
    public static let getsockopt = SystemCall("getsockopt", fault_getsockopt)
    public static let setsockopt = SystemCall("setsockopt", fault_setsockopt)
    public static let socketpair = SystemCall("socketpair", fault_socketpair)
    public static let fcntl = SystemCall("fcntl", fault_fcntl)
    public static let close = SystemCall("close", fault_close)
    public static let unlink = SystemCall("unlink", fault_unlink)
    public static let getcwd = SystemCall("getcwd", fault_getcwd)
    public static let flock = SystemCall("flock", fault_flock)
    public static let open = SystemCall("open", fault_openat)
    public static let stat = SystemCall("stat", fault_newfstatat)
    public static let epollCreate = SystemCall("epoll_create1", fault_epoll_create1)
    public static let epollControl = SystemCall("epoll_ctl", fault_epoll_ctl)
    public static let epollWait = SystemCall("epoll_wait", fault_epoll_wait)
    public static let epollFineWait = SystemCall("epoll_pwait2", fault_epoll_pwait2)
    public static let eventfd = SystemCall("eventfd2", fault_eventfd2)
    public static let clone = SystemCall("clone3", fault_clone3)
}
