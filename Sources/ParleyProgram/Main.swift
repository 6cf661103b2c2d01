import CParleyStart
import ParleyCommand

@main
enum Main {
    static func main() async {
        let numbers = 0..<parley_argument_count()
        let malformed = numbers.first { unsafe String(validatingCString: parley_argument($0)) == nil }
        await Program.main(
            numbers.map { unsafe String(cString: parley_argument($0)) },
            malformed: malformed.map(bytes),
            on: parley_has_workers() != 0 ? Workers.shared : nil
        )
    }

    /// An argument as it was given, without the NUL at its end.
    private static func bytes(_ number: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = unsafe parley_argument(number)?[bytes.count], byte != 0 {
            bytes.append(UInt8(bitPattern: byte))
        }
        return bytes
    }
}

/// The threads of CParleyStart, as what tasks prefer: a task without a preference that lets others have their turn
/// (`Task.yield`) asks libdispatch for a thread, past every hook.
final class Workers: TaskExecutor {
    static let shared = Workers()

    func enqueue(_ job: UnownedJob) {
        unsafe parley_run_on_worker(
            { job in
                guard let job = unsafe job else { return }
                let work = unsafe unsafeBitCast(job, to: UnownedJob.self)
                unsafe work.runSynchronously(on: Workers.shared.asUnownedTaskExecutor())
            },
            unsafe unsafeBitCast(job, to: UnsafeMutableRawPointer.self)
        )
    }
}
