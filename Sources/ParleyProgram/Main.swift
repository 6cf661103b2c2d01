import CParleyStart
import ParleyCommand

@main
enum Main {
    static func main() async {
        await Program.main(
            (0..<parley_argument_count()).map { unsafe String(cString: parley_argument($0)) },
            on: parley_has_workers() != 0 ? Workers.shared : nil
        )
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
