internal import ParleyLinks

extension LinkConditions {
    /// Within a host: 10 microseconds.
    static let loopback = LinkConditions(delay: .constant(.microseconds(10)), mtu: 65_536)
}
