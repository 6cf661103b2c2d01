import Logging

/// What the layers below log, on standard error: warnings always, more with each `-v`.
struct LogOutput: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let console: Console

    static func install(_ console: Console) {
        let level: Logger.Level =
            switch console.verbosity {
            case ..<0: .critical
            case 0: .warning
            case 1: .info
            case 2: .debug
            default: .trace
            }
        LoggingSystem.bootstrap { _ in LogOutput(logLevel: level, console: console) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }
        let words = details.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let text = "\(event.message)\(words)"
        if event.level >= .warning { console.remark(text) } else { console.note(text) }
    }
}
