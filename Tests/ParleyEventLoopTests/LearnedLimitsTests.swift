import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyEventLoop

/// What is learned from refusals to cut, as a table without sockets.
@Suite struct LearnedLimitsTests {
    private static let here = SocketAddress.ipv4(IPv4Address(192, 0, 2, 1), port: 0)
    private static let there = SocketAddress.ipv4(IPv4Address(192, 0, 2, 2), port: 0)
    private static let full = SegmentLimits(datagramsMax: 128)
    private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)

    enum Step {
        case refused(ErrorCode, datagrams: Int, bytes: Int)
        case cut(datagrams: Int, bytes: Int)
    }

    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var steps: [Step]
        /// What may be cut for the host that the steps were about, and for others.
        var here: SegmentLimits
        var there: SegmentLimits

        init(_ law: String, _ steps: [Step], here: SegmentLimits, there: SegmentLimits = full) {
            testDescription = law
            self.steps = steps
            self.here = here
            self.there = there
        }
    }

    static let rows = [
        Row("nothing is known", [], here: full),
        Row(
            "a size that does not fit",
            [.refused(.messageTooLong, datagrams: 10, bytes: 1400)],
            here: SegmentLimits(datagramsMax: 128, datagramBytesMax: 1399)
        ),
        Row(
            "a size that does not fit, on kernels that say EINVAL",
            [.refused(.invalidArgument, datagrams: 64, bytes: 1400)],
            here: SegmentLimits(datagramsMax: 128, datagramBytesMax: 1399)
        ),
        Row(
            "no checksums",
            [.refused(.inputOutput, datagrams: 10, bytes: 100)],
            here: SegmentLimits(datagramsMax: 1)
        ),
        Row(
            "no UDP_SEGMENT",
            [.refused(.protocolOptionUnavailable, datagrams: 10, bytes: 100)],
            here: SegmentLimits(datagramsMax: 1),
            there: SegmentLimits(datagramsMax: 1)
        ),
        Row(
            "many that were refused may be too many or too large: one host pays",
            [.refused(.invalidArgument, datagrams: 100, bytes: 500)],
            here: SegmentLimits(datagramsMax: 64)
        ),
        Row(
            "64 as large are cut: they were too many, for every host",
            [.refused(.invalidArgument, datagrams: 100, bytes: 500), .cut(datagrams: 64, bytes: 500)],
            here: SegmentLimits(datagramsMax: 64),
            there: SegmentLimits(datagramsMax: 64)
        ),
        Row(
            "smaller ones that are cut say nothing",
            [.refused(.invalidArgument, datagrams: 100, bytes: 500), .cut(datagrams: 64, bytes: 499)],
            here: SegmentLimits(datagramsMax: 64)
        ),
        Row(
            "a single one says nothing",
            [.refused(.invalidArgument, datagrams: 100, bytes: 500), .cut(datagrams: 1, bytes: 500)],
            here: SegmentLimits(datagramsMax: 64)
        ),
        Row(
            "64 are refused too: they were too large, and many smaller ones are cut as before",
            [
                .refused(.invalidArgument, datagrams: 100, bytes: 500),
                .refused(.invalidArgument, datagrams: 64, bytes: 500),
            ],
            here: SegmentLimits(datagramsMax: 128, datagramBytesMax: 499)
        ),
        Row(
            "larger ones that do not fit explain nothing",
            [
                .refused(.invalidArgument, datagrams: 100, bytes: 500),
                .refused(.messageTooLong, datagrams: 20, bytes: 1400), .cut(datagrams: 2, bytes: 500),
            ],
            here: SegmentLimits(datagramsMax: 64, datagramBytesMax: 1399),
            there: SegmentLimits(datagramsMax: 64)
        ),
        Row(
            "a path gets narrower, not wider",
            [
                .refused(.messageTooLong, datagrams: 2, bytes: 1400),
                .refused(.messageTooLong, datagrams: 2, bytes: 1500),
                .refused(.messageTooLong, datagrams: 2, bytes: 1300),
            ],
            here: SegmentLimits(datagramsMax: 128, datagramBytesMax: 1299)
        ),
    ]

    @Test(arguments: rows)
    func `what a refusal teaches holds for its host, and for the socket only when that is sure`(row: Row) {
        for host in [Self.here, nil] {
            var learned = LearnedLimits(Self.full)
            for step in row.steps {
                switch step {
                case .refused(let code, let datagrams, let bytes):
                    learned.learn(code, datagrams: datagrams, datagramBytes: bytes, to: host, at: Self.start)
                case .cut(let datagrams, let bytes):
                    learned.noteCut(datagrams: datagrams, datagramBytes: bytes, to: host)
                }
            }
            #expect(learned.limits(to: host, at: Self.start) == row.here)
            #expect(learned.limits(to: Self.there, at: Self.start) == row.there)
        }
    }

    @Test func `what was learned of a host is forgotten after ten minutes, what is the kernel's stays`() {
        var learned = LearnedLimits(Self.full)
        learned.learn(.inputOutput, datagrams: 9, datagramBytes: 9, to: Self.here, at: Self.start)
        learned.learn(.invalidArgument, datagrams: 99, datagramBytes: 9, to: Self.there, at: Self.start)
        #expect(learned.hasDoubts)
        learned.noteCut(datagrams: 64, datagramBytes: 9, to: Self.there)
        #expect(!learned.hasDoubts)
        let last = Self.start.advanced(by: .seconds(599))
        #expect(learned.limits(to: Self.here, at: last).datagramsMax == 1)
        #expect(learned.limits(to: Self.here, at: Self.start.advanced(by: .seconds(600))).datagramsMax == 64)
        #expect(learned.hostCount == 0)
    }

    @Test func `a doubt that is forgotten with its host is none any more`() {
        var learned = LearnedLimits(Self.full)
        learned.learn(.invalidArgument, datagrams: 99, datagramBytes: 9, to: Self.here, at: Self.start)
        let later = Self.start.advanced(by: .seconds(700))
        #expect(learned.limits(to: Self.here, at: later) == Self.full)
        #expect(!learned.hasDoubts && learned.hostCount == 0)
        learned.noteCut(datagrams: 64, datagramBytes: 9, to: Self.here)
        #expect(learned.limits(to: Self.there, at: later) == Self.full)
    }

    @Test func `at most 1,024 hosts are remembered, and the old are forgotten first`() {
        var learned = LearnedLimits(Self.full)
        for number in 0..<5000 {
            let host = SocketAddress.ipv4(IPv4Address(rawValue: UInt32(number)), port: 0)
            // The last 500 come when the others are old.
            let time = Self.start.advanced(by: .seconds(number < 4500 ? 0 : 700))
            learned.learn(.invalidArgument, datagrams: 99, datagramBytes: 9, to: host, at: time)
            #expect(learned.hostCount <= LearnedLimits.hostsMax)
            #expect(learned.limits(to: host, at: time).datagramsMax == 64)
        }
        #expect(learned.hostCount >= 500 && learned.hasDoubts)
    }

    @Test func `no clock is read while nothing is known of any host`() {
        let offload = SendOffload(Self.full)
        func forbidden() -> MonotonicInstant {
            Issue.record("the clock was read")
            return Self.start
        }
        #expect(offload.limits(to: Self.here, at: forbidden()) == Self.full)
        offload.learn(.messageTooLong, datagrams: 2, datagramBytes: 1400, to: Self.here, at: Self.start)
        #expect(offload.limits(to: Self.here.with(port: 9), at: Self.start).datagramBytesMax == 1399)
        let later = Self.start.advanced(by: .seconds(600))
        #expect(offload.limits(to: Self.here, at: later) == Self.full)
        #expect(offload.limits(to: Self.here, at: forbidden()) == Self.full)
    }
}
