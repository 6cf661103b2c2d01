internal import Glibc
internal import ParleySockets
internal import ParleyTypes
internal import Synchronization

/// What a port may ask the kernel to cut (UDP_SEGMENT), learned from what the kernel refuses.
///
/// A refusal is believed only when it comes twice, and the same datagrams then leave one by one: an error that
/// has another reason teaches nothing. What was learned holds for the port, whoever the recipient is.
final class SendOffload: Sendable {
    private let datagramsMax: Atomic<Int>
    private let datagramBytesMax: Atomic<Int>

    init(_ limits: SegmentLimits) {
        datagramsMax = Atomic(limits.datagramsMax)
        datagramBytesMax = Atomic(limits.datagramBytesMax)
    }

    var limits: SegmentLimits {
        SegmentLimits(
            datagramsMax: datagramsMax.load(ordering: .relaxed),
            datagramBytesMax: datagramBytesMax.load(ordering: .relaxed)
        )
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

    /// Takes note that the kernel would not cut a run, and that its datagrams left one by one.
    func learn(_ code: ErrorCode, datagrams: Int, datagramBytes: Int) {
        switch code {
        case .invalidArgument where datagrams > SegmentLimits.datagramsBefore:
            datagramsMax.store(SegmentLimits.datagramsBefore, ordering: .relaxed)
        case .invalidArgument, .messageTooLong:
            datagramBytesMax.store(datagramBytes - 1, ordering: .relaxed)
        default:
            datagramsMax.store(1, ordering: .relaxed)
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
