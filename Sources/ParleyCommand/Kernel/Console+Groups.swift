import ParleyKernel
import ParleyTypes

extension Console {
    /// Says at once that nothing can come to a group, where that is so: a join succeeds on an interface that is down
    /// as on any other.
    func remarkOnGroup(of endpoint: Endpoint) {
        guard endpoint.isGroup, let cause = SocketError(silenceOf: endpoint, .receive)?.examined() else {
            return
        }
        remark("\(cause)")
    }
}
