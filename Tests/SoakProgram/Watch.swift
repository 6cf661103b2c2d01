import Glibc
import Synchronization

/// What was seen of the process in one second.
struct Sample {
    var second: Int
    var residentKiB: Int
    var descriptors: Int
    var messages: [Int]
    var lost: Int

    init(_ second: Int, _ flows: [Flow]) {
        self.second = second
        residentKiB = Sample.resident()
        descriptors = Sample.openDescriptors()
        messages = flows.map { $0.messages.load(ordering: .relaxed) }
        lost = flows.reduce(0) { $0 + $1.lost.load(ordering: .relaxed) }
    }

    /// VmRSS: the second number of /proc/self/statm, in pages.
    private static func resident() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&text, 128, file) != nil else { return 0 }
        let words = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " "))
        return (Int(String(decoding: words[1], as: UTF8.self)) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
            / 1024
    }

    private static func openDescriptors() -> Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(folder) }
        var count = -3
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }
}

/// Samples each second, prints a row now and then, and judges.
func watch(_ flows: [Flow], seconds: Int) async -> (isGood: Bool, text: String) {
    let warmUp = min(60, seconds / 3)
    let window = max(1, min(30, seconds / 6))
    let rowEvery = seconds >= 120 ? 20 : max(1, seconds / 10)
    var samples: [Sample] = []
    // The table is read while it grows, through a pipe too.
    func print(_ line: String) { Swift.print(line); fflush(nil) }
    print(pad("second") + pad("RSS KiB") + pad("open") + pad("lost") + flows.map { pad($0.name) }.joined())
    for second in 1...seconds {
        try? await Task.sleep(for: .seconds(1))
        let sample = Sample(second, flows)
        if let last = samples.last {
            for (index, flow) in flows.enumerated()
            where sample.messages[index] == last.messages[index] && isStuck(index, samples) {
                return (false, "FAILED: \(flow.name) has stood still for 20 seconds")
            }
        }
        samples.append(sample)
        if second % rowEvery == 0 || second == warmUp {
            print(
                pad("\(second)") + pad("\(sample.residentKiB)") + pad("\(sample.descriptors)")
                    + pad("\(sample.lost)") + sample.messages.map { pad("\($0)") }.joined()
            )
        }
    }
    let early = samples.filter { $0.second > warmUp && $0.second <= warmUp + window }
    let late = samples.suffix(window)
    let (before, after) = (median(early.map(\.residentKiB)), median(late.map(\.residentKiB)))
    // The fewest: visitors come and go, a leak stays, and there are thousands of visits a minute.
    let (openBefore, openAfter) = (early.map(\.descriptors).min()!, late.map(\.descriptors).min()!)
    let growth = 100 * Double(after - before) / Double(before)
    let total = samples.last!.messages.reduce(0, +)
    let text =
        "\(total) messages, each in its place; RSS \(before) KiB after \(warmUp) s, \(after) KiB at the end "
        + "(\(Double(Int(growth * 10)) / 10) %); descriptors \(openBefore), then \(openAfter)"
    // The allocator's share for tasks that come and go is there after a minute. Until then a leak is what a few bytes a
    // message make.
    let isWarm = growth <= 5 || seconds < 60 && after - before <= 4096
    let isFlat = isWarm && openAfter <= openBefore + 4
    return (isFlat, (isFlat ? "flat: " : "FAILED, it grows: ") + text)
}

private func isStuck(_ flow: Int, _ samples: [Sample]) -> Bool {
    samples.count > 20 && samples.suffix(20).allSatisfy { $0.messages[flow] == samples.last!.messages[flow] }
}

private func median(_ numbers: [Int]) -> Int { numbers.sorted()[numbers.count / 2] }

private func pad(_ text: String) -> String { String(repeating: " ", count: max(1, 12 - text.count)) + text }
