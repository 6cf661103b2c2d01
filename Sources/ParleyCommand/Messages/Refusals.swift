import ParleyCore

/// Datagrams that a host said nobody was there to take.
struct Refusals {
    private(set) var count = 0
    private let console: Console
    private var told: [String: String] = [:]

    init(_ console: Console) { self.console = console }

    /// Says why, and looks for the cause once: what is repeated shall be the same, word by word.
    mutating func note(_ error: ParleyError) async {
        count += 1
        let message = Ending(error).message ?? ""
        if told[message] == nil { told[message] = await Ending(error).diagnosed().sentence }
        console.remark(told[message] ?? message)
    }
}
