import BenchKit
import Parley

// Many tasks that ask on one connection, each with one question of 64 bytes under way (Benchmarks/c/requests.c).

@WireMessage
struct Question {
    var number: UInt32
    var rest: Bytes<60>
}

/// How the tasks ask.
enum Asking: String {
    /// Answers come in the order of questions.
    case order
    /// The same with a deadline for each.
    case timeout
    /// Answers are known by their numbers.
    case matching
    /// Answers come in order, and the tasks run on Swift's threads instead of the network's.
    case global
}

@concurrent
func askInParallel(_ asking: Asking, to endpoint: Endpoint, seconds: Double, tasks: Int) async throws {
    if asking == .global { return try await ask(asking, endpoint, seconds, tasks) }
    try await withNetworkExecutor { try await ask(asking, endpoint, seconds, tasks) }
}

private func ask(_ asking: Asking, _ endpoint: Endpoint, _ seconds: Double, _ tasks: Int) async throws {
    var place = endpoint
    place.options.noDelay = true
    let connection = try await Connection(Question.self, to: place, timeout: .seconds(5))
    let rest = Bytes<60>(InlineArray(repeating: 0x78))
    switch asking {
    case .order, .global:
        try await measureParallel("parley", tasks: tasks, seconds: seconds) {
            try await connection.request(Question(number: $0, rest: rest)).number
        }
    case .timeout:
        try await measureParallel("parley", tasks: tasks, seconds: seconds) {
            try await connection.request(Question(number: $0, rest: rest), timeout: .seconds(5)).number
        }
    case .matching:
        try await measureParallel("parley", tasks: tasks, seconds: seconds) {
            let question = Question(number: $0, rest: rest)
            return try await connection.request(question, matching: .equal(\.number)).number
        }
    }
}
