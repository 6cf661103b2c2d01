internal import CFaults
public import ParleyTypes

/// A system call that comes back with an error number.
public struct Fault: Sendable, Hashable {
    public var call: SystemCall
    public var code: ErrorCode
    /// How many calls come back with it; later ones reach the kernel. Nil: all.
    public var times: Int?

    public init(_ call: SystemCall, _ code: ErrorCode, times: Int? = nil) {
        self.call = call
        self.code = code
        self.times = times
    }

    /// From here on the calling thread, and each thread that it starts, meets the fault. For the rest of its
    /// life: only a thread of one's own may be treated so.
    ///
    /// - Throws: ``Unavailable`` where the kernel, or a container's own filter, does not allow it.
    public func inject() throws(Unavailable) {
        var fault = fault()
        fault.number = call.number
        fault.conditions = Int32(call.positions.count)
        if let position = call.positions.first { fault.position.0 = position }
        if let value = call.values.first { fault.value.0 = value }
        if call.positions.count > 1 {
            fault.position.1 = call.positions[1]
            fault.value.1 = call.values[1]
        }
        fault.code = code.rawValue
        fault.times = times.map(Int32.init) ?? -1
        let result = unsafe fault_inject(&fault)
        guard result == 0 else { throw Unavailable(step: "seccomp(2)", code: ErrorCode(rawValue: result)) }
    }

    /// Whether threads can be refused here: a sanitizer would wait for ever for one that never began.
    public static var canRefuseThreads: Bool { fault_is_sanitized() == 0 }

    /// How many calls of the calling thread the fault's supervisor has seen.
    public static var calls: Int { Int(fault_calls()) }

    /// How many descriptors the calling thread's table has open.
    public static var openDescriptors: Int { Int(fault_open_descriptors()) }
}

/// Faults cannot be injected here.
public struct Unavailable: Error, Sendable, CustomStringConvertible {
    public var step: String
    public var code: ErrorCode

    public var description: String { "\(step) is not to be had here: \(code)" }

    /// Why faults cannot be injected on this machine, nil if they can. Tried once, on a thread that is thrown
    /// away.
    public static let reason: String? = {
        let result = apart { () -> String? in
            do throws(Unavailable) {
                try Fault(.getcwd, .noSuchFile, times: 0).inject()
                return nil
            } catch {
                return error.description
            }
        }
        let reason =
            switch result {
            case .success(let reason): reason
            case .failure(let error): error.description
            }
        if let reason { print("no faults are injected: \(reason)") }
        return reason
    }()
}

/// Runs `body` on a thread of its own, with a table of descriptors of its own that begins with 0, 1 and 2,
/// and waits for it. Tests beside it neither see its descriptors nor add to them.
///
/// `body` must start no task and touch no executor: a thread that these would start for everyone would be born into
/// the small world.
public func apart<Value>(_ body: () -> Value) -> Result<Value, Unavailable> {
    var value: Value?
    let code = withoutActuallyEscaping({ value = body() }) { escaping in
        let box = Box(run: escaping)
        return unsafe fault_run_apart(
            { unsafe Unmanaged<Box>.fromOpaque($0!).takeUnretainedValue().run() },
            Unmanaged.passUnretained(box).toOpaque()
        )
    }
    guard let value else {
        return .failure(Unavailable(step: "close_range(2)", code: ErrorCode(rawValue: code)))
    }
    return .success(value)
}

private final class Box {
    let run: () -> Void

    init(run: @escaping () -> Void) {
        self.run = run
    }
}

/// Signals for every thread of the process, a thousand a second, with a handler and without SA_RESTART.
public enum SignalStorm {
    public static func start() -> Bool { fault_start_storm() == 0 }
    /// Lets the signals through to the calling thread.
    public static func welcome() { fault_welcome_storm() }
    /// - Returns: how many were handled.
    public static func end() -> Int { fault_end_storm() }
}
