internal import Glibc
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// What a port may ask the kernel to cut (UDP_SEGMENT), learned from what the kernel refuses.
///
/// A refusal is believed only when it comes twice, and the same datagrams then leave one by one: an error that
/// has another reason teaches nothing. What the way to a host does not take holds for that host alone.
final class SendOffload: Sendable {
    private let datagramsMax: Atomic<Int>
    private let datagramBytesMax: Int
    private let hasNarrowPaths = Atomic<Bool>(false)
    /// Hosts on whose way less is cut, by address without a port; nil is the port's one peer.
    private let narrowPaths = Mutex<[SocketAddress?: SegmentLimits]>([:])

    /// More hosts are forgotten, all at once: learning anew costs two calls for each.
    private static let pathsMax = 1024

    init(_ limits: SegmentLimits) {
        datagramsMax = Atomic(limits.datagramsMax)
        datagramBytesMax = limits.datagramBytesMax
    }

    /// - Parameter recipient: nil for the port's one peer.
    func limits(to recipient: SocketAddress?) -> SegmentLimits {
        let most = SegmentLimits(
            datagramsMax: datagramsMax.load(ordering: .relaxed),
            datagramBytesMax: datagramBytesMax
        )
        guard hasNarrowPaths.load(ordering: .relaxed) else { return most }
        guard var limits = narrowPaths.withLock({ $0[recipient?.with(port: 0)] }) else { return most }
        limits.datagramsMax = min(limits.datagramsMax, most.datagramsMax)
        return limits
    }

    /// Whether an error may mean that the kernel would not cut: EINVAL and EMSGSIZE when a datagram does not
    /// fit the MTU or there are too many, EIO when the way out computes no checksums, the rest from kernels
    /// and filters that know no UDP_SEGMENT.
    static func mayBeRefusal(_ code: ErrorCode) -> Bool {
        switch code {
        case .invalidArgument, .messageTooLong, .inputOutput, .protocolOptionUnavailable,
            .operationNotSupported:
            true
        default: false
        }
    }

    /// Takes note that the kernel would not cut a piece, and that its datagrams left one by one.
    func learn(_ code: ErrorCode, datagrams: Int, datagramBytes: Int, to recipient: SocketAddress?) {
        switch code {
        case .invalidArgument where datagrams > SegmentLimits.datagramsBefore:
            datagramsMax.store(SegmentLimits.datagramsBefore, ordering: .relaxed)
        case .invalidArgument, .messageTooLong:
            narrow(recipient) { $0.datagramBytesMax = datagramBytes - 1 }
        case .inputOutput:
            narrow(recipient) { $0.datagramsMax = 1 }
        default:
            datagramsMax.store(1, ordering: .relaxed)
        }
    }

    private func narrow(_ recipient: SocketAddress?, _ change: (inout SegmentLimits) -> Void) {
        var limits = limits(to: recipient)
        change(&limits)
        narrowPaths.withLock { paths in
            let host = recipient?.with(port: 0)
            if paths.count >= Self.pathsMax, paths[host] == nil { paths.removeAll() }
            paths[host] = limits
        }
        hasNarrowPaths.store(true, ordering: .relaxed)
    }

    // MARK: The process

    /// `PARLEY_OFFLOAD=off` in the environment leaves every datagram to itself, both ways: to compare, or
    /// where a driver cuts wrongly.
    static let isAllowed: Bool = {
        guard let value = unsafe getenv("PARLEY_OFFLOAD") else { return true }
        return unsafe String(cString: value) != "off"
    }()

    /// What this kernel can do, asked once.
    static let ofThisKernel: SegmentLimits = {
        guard isAllowed, let socket = try? Socket(.ipv4, .datagram), (try? socket.segmentBytes) != nil else {
            return .none
        }
        return SegmentLimits(datagramsMax: SegmentLimits.datagramsToday)
    }()
}
