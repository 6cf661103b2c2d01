public import CBarrier

/// Times the loop of Benchmarks/c/codec.c and flow.c: 11 batches, the median of which is the row.
@inlinable
@inline(__always)
public func measure(
    _ peer: String,
    _ row: String,
    _ seconds: Double,
    of benchmark: String = "codec",
    by clock: () -> Double = secondsNow,
    round: (UInt32) throws -> Void
) throws {
    let batchCount = 11
    func run(_ n: UInt32) throws -> Double {
        let start = clock()
        for i in 0..<n { try round(i) }
        return clock() - start
    }

    // Warm up, and find the n that fills a batch.
    var n: UInt32 = 100
    while try run(n) < seconds / Double(batchCount), n < .max / 2 { n *= 2 }

    var batches: [Double] = []
    for _ in 0..<batchCount {
        batches.append(try run(n) / Double(n) * 1e9)
    }
    report(benchmark, peer: peer, row: row, unit: "ns", value: quantile(batches, 0.5))
}

/// Hands the address of the value to the C barrier.
@inlinable
@inline(__always)
public func barrier<Value>(_ value: inout Value) {
    withUnsafeMutablePointer(to: &value) { CBarrier.barrier(UnsafeMutableRawPointer($0)) }
}
