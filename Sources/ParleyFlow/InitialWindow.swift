/// How much may be on its way before anything is known of the path.
public enum InitialWindow: Sendable, Hashable {
    /// RFC 9260, section 7.2.1: min(4 · packet, max(2 · packet, 4404)).
    case rfc9260
    /// RFC 6928: min(10 · packet, max(2 · packet, 14600)). What careful stacks take today.
    case rfc6928
    /// So many bytes; at least a packet, at most the controller's cap.
    case bytes(Int)

    func bytes(packet: Int, windowMax: Int) -> Int {
        let wanted =
            switch self {
            case .rfc9260: Swift.min(4 * packet, Swift.max(2 * packet, 4404))
            case .rfc6928: Swift.min(10 * packet, Swift.max(2 * packet, 14_600))
            case .bytes(let count): count
            }
        return Swift.min(windowMax, Swift.max(packet, wanted))
    }
}
