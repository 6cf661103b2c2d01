/// Long and fast simulations: what `swift test` has no time for.
@main struct Simulation {
    static func main() async throws {
        let engines = try await Rates.engines(packets: 4_000_000)
        print("engines \(Int(engines.rate)) packets/s, trace \(engines.hash)")
        let mailboxes = try await Rates.mailboxes(messages: 1_000_000)
        print("mailboxes \(Int(mailboxes.rate)) messages/s, trace \(mailboxes.hash)")
    }
}
