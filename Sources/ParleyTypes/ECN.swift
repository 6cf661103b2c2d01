/// What a packet says of congestion on its way: the two bits of Explicit Congestion Notification (RFC 3168).
///
/// A sender whose protocol understands marks sends ``capable``; a router whose queue grows marks such packets
/// ``congestionExperienced`` instead of losing them, and the receiver tells the sender.
public enum ECN: UInt8, Sendable, Hashable, CaseIterable {
    /// Not-ECT, 00: routers lose the packet instead of marking it. What is sent unless asked otherwise.
    case notCapable = 0
    /// ECT(1), 01: marked early and often, for senders that can make use of that (L4S, RFC 9331).
    case scalable = 1
    /// ECT(0), 10.
    case capable = 2
    /// CE, 11: a router on the way was congested.
    case congestionExperienced = 3

    /// What a packet says, by the byte that holds its Differentiated Services field too.
    public init(trafficClassByte byte: UInt8) {
        self =
            switch byte & 3 {
            case 0: .notCapable
            case 1: .scalable
            case 2: .capable
            default: .congestionExperienced
            }
    }
}
