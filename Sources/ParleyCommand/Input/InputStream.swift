import Glibc
import Synchronization

/// A descriptor read piece by piece: standard input or a file. Reading blocks a thread of its own, never a
/// task.
final class InputStream: Sendable {
    private let descriptor: Int32
    let name: String
    private let state = Mutex(State())

    @safe private struct State {
        var waiter: UnsafeContinuation<Result<[UInt8], SystemFailure>, Never>?
        /// What came while nobody waited any more.
        var kept: Result<[UInt8], SystemFailure>?
        var isReading = false
        var isAtEnd = false
    }

    init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    static let standard = InputStream(descriptor: STDIN_FILENO, name: "standard input")

    static func file(_ path: String) throws(Ending) -> InputStream {
        InputStream(descriptor: try Files.open(path), name: path)
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether reading would stop us: a terminal that belongs to another job (`parley call … &`).
    var isForbidden: Bool { isTerminal && tcgetpgrp(descriptor) != getpgrp() }

    /// The next piece, nil at the end and when the task is cancelled.
    func next() async throws(Ending) -> [UInt8]? {
        let result: Result<[UInt8], SystemFailure> = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                unsafe begin(continuation)
            }
        } onCancel: {
            let waiter = unsafe state.withLock { unsafe $0.waiter.take() }
            unsafe waiter?.resume(returning: .success([]))
        }
        switch result {
        case .success(let bytes): return bytes.isEmpty ? nil : bytes
        case .failure(let failure): throw Ending(.failed, "\(name): \(failure)")
        }
    }

    private func begin(_ continuation: UnsafeContinuation<Result<[UInt8], SystemFailure>, Never>) {
        let (ready, mustRead) = state.withLock { state -> (Result<[UInt8], SystemFailure>?, Bool) in
            if let kept = state.kept.take() { return (kept, false) }
            // Asked within the lock: whoever cancels from now on finds the waiter.
            if Task.isCancelled || state.isAtEnd { return (.success([]), false) }
            unsafe state.waiter = continuation
            let mustRead = !state.isReading
            state.isReading = true
            return (nil, mustRead)
        }
        if let ready { return unsafe continuation.resume(returning: ready) }
        guard mustRead else { return }
        if !Thread.start({ [self] in finish(Files.readSome(descriptor)) }) {
            // Nothing else moves meanwhile, but what was asked for is read.
            finish(Files.readSome(descriptor))
        }
    }

    private func finish(_ result: Result<[UInt8], SystemFailure>) {
        let waiter = unsafe state.withLock { state in
            state.isReading = false
            if case .success(let bytes) = result, bytes.isEmpty { state.isAtEnd = true }
            let waiter = unsafe state.waiter.take()
            if unsafe waiter == nil { state.kept = result }
            return unsafe waiter
        }
        unsafe waiter?.resume(returning: result)
    }
}

/// The lines of an input, without their ends.
struct LineReader {
    let input: InputStream
    /// A longer line is no line: JSON of the largest datagram has fewer.
    static let lineBytesMax = 4 << 20
    private var rest: [UInt8] = []
    /// Where the next line begins, and up to where no end of it was found.
    private var start = 0
    private var scanned = 0
    private var isAtEnd = false
    private(set) var number = 0

    init(_ input: InputStream) { self.input = input }

    mutating func next() async throws(Ending) -> [UInt8]? {
        while true {
            if let end = rest[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
                return line(upTo: end, goingOnAt: end + 1)
            }
            scanned = rest.count
            if isAtEnd { return start == rest.count ? nil : line(upTo: rest.count, goingOnAt: rest.count) }
            guard rest.count - start <= Self.lineBytesMax else {
                throw Ending(
                    .doesNotFit,
                    "\(input.name): line \(number + 1) has more than \(Self.lineBytesMax) bytes"
                )
            }
            rest.removeFirst(start)
            scanned -= start
            start = 0
            if let chunk = try await input.next() { rest += chunk } else { isAtEnd = true }
        }
    }

    private mutating func line(upTo end: Int, goingOnAt next: Int) -> [UInt8] {
        let hasReturn = end > start && rest[end - 1] == UInt8(ascii: "\r")
        let result = Array(rest[start..<(hasReturn ? end - 1 : end)])
        start = next
        scanned = next
        number += 1
        return result
    }
}
