import BenchKit
import CBarrier
import ParleyFlow

// bench-flow [SECONDS]: the parts of ParleyFlow in the loop of Benchmarks/c/flow.c, one row each.

let seconds = CommandLine.arguments.count > 1 ? Double(CommandLine.arguments[1]) ?? 0.5 : 0.5

@inline(__always)
func row(_ name: String, _ round: (UInt32) throws -> Void) throws {
    try measure("parley", name, seconds, of: "flow", by: processorSecondsNow, round: round)
}

func time(_ nanoseconds: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds) }

/// What is known of a path of 20 ms.
func path() -> RoundTripEstimator {
    var roundTrip = RoundTripEstimator()
    roundTrip.addSample(.milliseconds(20), at: time(0))
    return roundTrip
}

do {
    try measureRates()
    try measureEstimator()
    try measureSendWindow()
    try measureLosses()
    try measureReceiveWindow()
    try measureController("NewReno an acknowledgement", try NewReno(packetBytes: 1200, windowMax: 1 << 20))
    try measureController("CUBIC an acknowledgement", try Cubic(packetBytes: 1200, windowMax: 1 << 20))
    try measureJitterBuffer("jitter buffer in + out, fixed", .fixed(.milliseconds(60)))
    try measureJitterBuffer("jitter buffer in + out, adaptive", .adaptive())
} catch {
    fail("\(error)")
}
