internal import ParleyNetwork
internal import ParleySockets
internal import ParleyTypes

extension KernelDatagramPort: GroupPort {
    func join(_ membership: GroupMembership) throws(SocketError) {
        let isHeard = localAddress.isWildcard || localAddress.ip == membership.group
        // The kernel would join, and nothing would ever arrive.
        guard isHeard || !membership.group.isMulticast else {
            throw SocketError(.join, .operationNotSupported, local: localAddress, subject: "\(membership)")
        }
        try socket.use(.join) { (socket) throws(SocketError) in try socket.join(membership) }
    }

    func leave(_ membership: GroupMembership) throws(SocketError) {
        try socket.use(.leave) { (socket) throws(SocketError) in try socket.leave(membership) }
    }
}
