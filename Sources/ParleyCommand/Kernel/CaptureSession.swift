import Glibc
import ParleyCapture
import ParleyCore
import ParleySockets
import ParleyText
import ParleyTypes

/// Takes packets out of the ring until it is enough, and tells how it went.
final class CaptureSession {
    private let device: CaptureDevice
    /// Nil: packets are only written.
    private let reading: CaptureReading?
    private let file: CaptureFile?
    private let limits: Limits
    private let console: Console
    private let began = NetworkEnvironment.now
    private let wallBegan = WallTime.now
    private var lastArrival: MonotonicInstant
    private var asksAt: MonotonicInstant
    private var tellsAt: MonotonicInstant
    private var received: UInt64 = 0
    private var dropped: UInt64 = 0
    private var droppedToldOf: UInt64 = 0
    private var isDown = false
    /// Packets taken since it was last looked whether a signal has come.
    private var sinceSignal = 0
    /// When what waits in the ring is left there, once a signal has come.
    private var leavesAt: MonotonicInstant?

    struct Limits {
        var count: Int?
        var timeout: Duration?
        var fileBytes: Int?
    }

    /// How often the kernel is asked for losses, and how often they are remarked on.
    private static let askInterval = Duration.seconds(1)
    private static let tellInterval = Duration.seconds(10)
    /// How long packets that had come before a signal are still taken: a large ring may hold more.
    private static let lastDrainMax = Duration.seconds(2)
    private static let signalInterval = 1024

    init(
        device: CaptureDevice,
        reading: CaptureReading?,
        file: CaptureFile?,
        limits: Limits,
        console: Console
    ) {
        self.device = device
        self.reading = reading
        self.file = file
        self.limits = limits
        self.console = console
        lastArrival = began
        asksAt = began.advanced(by: Self.askInterval)
        tellsAt = began
    }

    func run(_ wake: Wake) throws {
        var ending: Ending?
        do throws(Ending) { try loop(wake) } catch { ending = error }
        // Also after an error the file gets its end, and the losses are told.
        ask(isOver: true)
        do throws(Ending) {
            try reading?.finish()
            try file?.finish(statistics)
        } catch {
            ending = ending ?? error
        }
        summarize()
        if let ending { throw ending }
        if let ending = Stop.shared.ending { throw ending }
    }

    // MARK: The loop

    private func loop(_ wake: Wake) throws(Ending) {
        while Stop.shared.reason == nil {
            if try drain() { return }
            let now = NetworkEnvironment.now
            if now >= asksAt { ask() }
            if try isOverdue(now) { return }
            try wait(wake, now)
        }
        // What had come before the word to stop lies in a block that the kernel hands over only now.
        guard Stop.shared.reason != .outputClosed else { return }
        var descriptor = pollfd(fd: device.ring.socket.fileDescriptor, events: Int16(POLLIN), revents: 0)
        unsafe poll(&descriptor, 1, 50)
        _ = try drain()
    }

    /// Takes what waits; whether that is enough.
    private func drain() throws(Ending) -> Bool {
        let before = items
        do throws(Enough) {
            _ = try device.ring.drain { (packet) throws(Enough) in
                do throws(Ending) {
                    try take(packet)
                } catch {
                    throw .failed(error)
                }
                if isEnough || isTooLate() { throw .enough }
            }
        } catch {
            if case .failed(let ending) = error { throw ending }
            try flush()
            return true
        }
        try flush()
        if items > before { lastArrival = NetworkEnvironment.now }
        return false
    }

    /// Whether a signal has come so long ago that nobody waits for the rest of the ring.
    private func isTooLate() -> Bool {
        sinceSignal += 1
        guard sinceSignal >= Self.signalInterval else { return false }
        sinceSignal = 0
        guard Stop.shared.reason != nil else { return false }
        let now = NetworkEnvironment.now
        guard let leavesAt else {
            self.leavesAt = now.advanced(by: Self.lastDrainMax)
            return false
        }
        guard now > leavesAt else { return false }
        console.remark(
            "packets that had come before the signal are left out: they take more than \(Self.lastDrainMax.spelled)"
        )
        return true
    }

    private enum Enough: Error {
        case enough
        case failed(Ending)
    }

    private func take(_ packet: PacketRing.Packet) throws(Ending) {
        let written = file?.write(packet) ?? 0
        if let reading { try reading.take(packet) } else { onlyWritten += written }
        if let file, file.byteCount >= Self.flushBytes + flushedBytes { try flush() }
    }

    private var onlyWritten = 0
    private var flushedBytes = 0
    private static let flushBytes = 1 << 20

    private func flush() throws(Ending) {
        try reading?.flush()
        try file?.flush()
        flushedBytes = file?.byteCount ?? 0
    }

    /// What `--count` counts.
    private var items: Int { reading?.itemCount ?? onlyWritten }

    private var isEnough: Bool {
        if let count = limits.count, items >= count { return true }
        if let bytes = limits.fileBytes, let file, file.byteCount >= bytes { return true }
        return false
    }

    private func isOverdue(_ now: MonotonicInstant) throws(Ending) -> Bool {
        guard let timeout = limits.timeout, lastArrival.duration(to: now) >= timeout else { return false }
        if let count = limits.count, items > 0 {
            throw Ending(
                .nothingCame,
                "only \(items) of \(count) came, then none within \(timeout.spelled)"
            )
        }
        guard items > 0 else { throw Ending(.nothingCame, "nothing came within \(timeout.spelled)") }
        return true
    }

    private func wait(_ wake: Wake, _ now: MonotonicInstant) throws(Ending) {
        var until = asksAt
        if let timeout = limits.timeout { until = min(until, lastArrival.advanced(by: timeout)) }
        let nanoseconds = now.duration(to: until).saturatedNanoseconds
        var descriptors = [
            pollfd(fd: device.ring.socket.fileDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = descriptors.count
        _ = unsafe descriptors.withUnsafeMutableBufferPointer {
            unsafe poll($0.baseAddress, nfds_t(count), Int32(max(0, nanoseconds / 1_000_000)) + 1)
        }
        guard Int32(descriptors[0].revents) & POLLERR != 0, let code = try? device.ring.socket.pendingError
        else { return }
        if device.hasVanished { throw Ending(.failed, "\(device.name): the interface has gone") }
        guard code == .networkDown else { throw Ending(.failed, "\(device.name): \(code)") }
        if !isDown { console.remark("\(device.name) is down: nothing comes until it is up") }
        isDown = true
    }

    // MARK: Losses

    /// Reading sets the kernel's counts to 0.
    private func ask(isOver: Bool = false) {
        let now = NetworkEnvironment.now
        asksAt = now.advanced(by: Self.askInterval)
        if let news = try? device.ring.socket.takePacketStatistics() {
            received += UInt64(news.packets)
            dropped += UInt64(news.drops)
        }
        guard !isOver, dropped > droppedToldOf, now >= tellsAt else { return }
        let count = dropped - droppedToldOf
        droppedToldOf = dropped
        tellsAt = now.advanced(by: Self.tellInterval)
        console.remark(
            "\(plural(Int(clamping: count), "packet")) lost to a full ring: they come faster than they are "
                + "taken; a narrower filter, --buffer 256M, --count-only or --write alone helps"
        )
    }

    private var statistics: LiveCaptureWriter.Statistics {
        func nanoseconds(_ time: WallTime) -> UInt64 {
            UInt64(clamping: time.secondsSince1970) &* 1_000_000_000 &+ UInt64(time.nanoseconds)
        }
        return .init(
            began: nanoseconds(wallBegan),
            ended: nanoseconds(.now),
            received: received,
            dropped: dropped
        )
    }

    private func summarize() {
        guard console.verbosity >= 0 else { return }
        let duration = began.duration(to: NetworkEnvironment.now)
        var text = plural(Int(clamping: received - dropped), "packet")
        if let words = reading?.summary, !words.isEmpty { text += ": \(words)" }
        text += " in \(duration.rounded)"
        text +=
            dropped > 0 ? ", \(plural(Int(clamping: dropped), "packet")) lost to a full ring" : ", none lost"
        text += console.droppedWords
        guard console.isJSON else { return console.note(text) }
        var members: [JSONValue.Member] = [
            .init("packets", .integer(Int(clamping: received - dropped))),
            .init("dropped", .integer(Int(clamping: dropped))),
        ]
        if let reading { members += reading.summaryMembers }
        members.append(.init("milliseconds", .integer(Int(duration.saturatedNanoseconds / 1_000_000))))
        console.report(JSONLine(schema: "parley.capture-summary/1", members), text)
    }
}
