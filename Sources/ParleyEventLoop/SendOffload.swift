internal import Glibc
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// What a port may ask the kernel to cut (UDP_SEGMENT), learned from what the kernel refuses.
///
/// A refusal is believed only when it comes twice, and the same datagrams then leave one by one: an error that
/// has another reason teaches nothing. What the way to a host does not take holds for that host alone.
final class SendOffload: Sendable {
    private let learned: Mutex<LearnedLimits>
    // Copies for senders that need not lock, nor read a clock.
    private let datagramsMax: Atomic<Int>
    private let datagramBytesMax: Int
    private let knowsHosts = Atomic<Bool>(false)
    private let hasDoubts = Atomic<Bool>(false)

    init(_ limits: SegmentLimits) {
        learned = Mutex(LearnedLimits(limits))
        datagramsMax = Atomic(limits.datagramsMax)
        datagramBytesMax = limits.datagramBytesMax
    }

    /// - Parameters:
    ///   - recipient: nil for the port's one peer.
    ///   - now: asked only while less is cut for some host.
    func limits(to recipient: SocketAddress?, at now: @autoclosure () -> MonotonicInstant) -> SegmentLimits {
        guard knowsHosts.load(ordering: .relaxed) else {
            return SegmentLimits(
                datagramsMax: datagramsMax.load(ordering: .relaxed),
                datagramBytesMax: datagramBytesMax
            )
        }
        let now = now()
        return change { $0.limits(to: recipient?.with(port: 0), at: now) }
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
    func learn(
        _ code: ErrorCode,
        datagrams: Int,
        datagramBytes: Int,
        to recipient: SocketAddress?,
        at now: MonotonicInstant
    ) {
        let host = recipient?.with(port: 0)
        change {
            $0.learn(code, datagrams: datagrams, datagramBytes: datagramBytes, to: host, at: now)
        }
    }

    /// Takes note that the kernel has cut a piece, where that says something new.
    func noteCut(datagrams: Int, datagramBytes: Int, to recipient: SocketAddress?) {
        guard hasDoubts.load(ordering: .relaxed) else { return }
        let host = recipient?.with(port: 0)
        change { $0.noteCut(datagrams: datagrams, datagramBytes: datagramBytes, to: host) }
    }

    private func change<Result>(_ body: (inout LearnedLimits) -> Result) -> Result {
        learned.withLock { learned in
            let result = body(&learned)
            datagramsMax.store(learned.most.datagramsMax, ordering: .relaxed)
            knowsHosts.store(learned.hostCount > 0, ordering: .relaxed)
            hasDoubts.store(learned.hasDoubts, ordering: .relaxed)
            return result
        }
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
