/// What the command's exit code says to a script. docs and `--help` hold the same table; tests freeze it.
enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    case nothingCame = 2
    case unreachable = 3
    case couldNotBind = 4
    case doesNotFit = 5
    case usage = 64
    case notPermitted = 77

    /// The line of the table in `--help`.
    var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .nothingCame: "nothing came in time"
        case .unreachable: "the peer refused or is unreachable"
        case .couldNotBind: "could not bind the local address"
        case .doesNotFit: "a message does not fit its layout"
        case .usage: "wrong usage"
        case .notPermitted: "not permitted"
        }
    }

    static let table: String =
        allCases.map { status in
            let code = String(status.rawValue)
            return String(repeating: " ", count: 5 - code.count) + code + "  " + status.meaning
        }.joined(separator: "\n") + "\n  130  interrupted (SIGINT)\n  143  terminated (SIGTERM)"
}
