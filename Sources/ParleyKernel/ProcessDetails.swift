internal import Glibc
internal import ParleyTypes

/// What /proc tells everybody about a process (proc(5)).
struct ProcessDetails {
    /// When the system was started, in seconds since 1970; nil where /proc/stat does not tell.
    private let bootTime: Int64?
    /// How many of the ticks in which starts are told make a second.
    private let ticksPerSecond = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))

    init() {
        let text = KernelFile.bytes("/proc/stat").map { String(decoding: $0, as: UTF8.self) } ?? ""
        bootTime =
            text.split(separator: "\n").lazy.compactMap { line in
                line.hasPrefix("btime ") ? Int64(line.dropFirst("btime ".count)) : nil
            }.first
    }

    /// - Parameter directory: The process's own /proc/PID/fd, open: a number may have another process meanwhile, the
    ///   directory never has.
    func read(_ id: Int32, in directory: Int32) -> OwningProcess {
        var process = OwningProcess(id: id, name: "", user: nil, started: nil)
        if let stat = Self.stat("../stat", directory) {
            process.name = stat.name
            if let ticks = stat.field(22).flatMap({ Int64($0) }), let bootTime {
                let nanoseconds = (ticks % ticksPerSecond) * (1_000_000_000 / ticksPerSecond)
                process.started = WallTime(
                    secondsSince1970: bootTime &+ ticks / ticksPerSecond,
                    nanoseconds: Int32(clamping: min(999_999_999, max(0, nanoseconds)))
                )
            }
        }
        process.user = Self.effectiveUser(directory)
        return process
    }

    /// PF_KTHREAD in the flags.
    func isKernelThread(_ id: Int32) -> Bool {
        guard let flags = Self.stat("/proc/\(id)/stat", AT_FDCWD)?.field(9).flatMap({ UInt64($0) }) else {
            return false
        }
        return flags & 0x20_0000 != 0
    }

    /// The name, which may contain anything, and what follows it.
    private struct Stat {
        var name: String
        var rest: [Substring]

        /// A field by its number in proc(5), from 3.
        func field(_ number: Int) -> Substring? {
            rest.indices.contains(number - 3) ? rest[number - 3] : nil
        }
    }

    private static func stat(_ path: String, _ directory: Int32) -> Stat? {
        guard let bytes = KernelFile.bytes(path, in: directory),
            let open = bytes.firstIndex(of: UInt8(ascii: "(")),
            let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        return Stat(
            name: String(decoding: bytes[open + 1..<close], as: UTF8.self),
            rest: String(decoding: bytes[(close + 1)...], as: UTF8.self).split(separator: " ")
        )
    }

    /// The second number of the line `Uid:`.
    private static func effectiveUser(_ directory: Int32) -> UInt32? {
        guard let bytes = KernelFile.bytes("../status", in: directory) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("Uid:") {
            let numbers = line.split(separator: "\t")
            return numbers.count > 2 ? UInt32(numbers[2]) : nil
        }
        return nil
    }
}
