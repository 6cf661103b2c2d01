// Four threads and one number: behind a contended Mutex nothing is wrong, without it there is a race.
import Glibc
import Synchronization

final class Account: Sendable {
    let lock = Mutex(0)
    nonisolated(unsafe) var balance = 0
}

final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

func start(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        },
        Unmanaged.passRetained(Work(body)).toOpaque())
    precondition(code == 0)
    return thread
}

let mistake = CommandLine.arguments[1]
if mistake == "list" {
    print("race")
    exit(0)
}
let account = Account()
let threads = (0..<4).map { _ in
    start {
        for _ in 0..<20_000 {
            if mistake == "race" {
                account.balance += 1
            } else {
                account.lock.withLock { _ in account.balance += 1 }
            }
        }
    }
}
for thread in threads { pthread_join(thread, nil) }
print(account.balance)
