import Glibc

/// One line of JSON, as the C peers print it (Benchmarks/c/report.h).
public func report(_ benchmark: String, peer: String, row: String, unit: String, value: Double) {
    let thousandths = (value * 1000).rounded() / 1000
    let line =
        #"{"benchmark":"\#(benchmark)","peer":"\#(peer)","row":"\#(row)","unit":"\#(unit)","value":\#(thousandths)}"#
    print(line)
    fflush(nil)
}

/// The clock of the C peers, in seconds.
public func secondsNow() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// The time that this thread has had a processor, in seconds: for loops that wait for nothing.
public func processorSecondsNow() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// The smallest sample that at least the given part of the samples does not exceed.
public func quantile(_ samples: [Double], _ part: Double) -> Double {
    let sorted = samples.sorted()
    return sorted[min(Int(part * Double(sorted.count)), sorted.count - 1)]
}

/// `stderr` of the C library is a variable, which Swift 6 takes for shared state; the descriptor is not.
public func fail(_ sentence: String, exitCode: Int32 = 1) -> Never {
    let text = "\(CommandLine.arguments[0].split(separator: "/").last ?? "bench"): \(sentence)\n"
    _ = write(STDERR_FILENO, text, text.utf8.count)
    exit(exitCode)
}
