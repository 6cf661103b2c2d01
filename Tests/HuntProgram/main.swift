// swift-format-ignore-file
// The main.swift of docs/simulation.md, which runs it. Tests/TidyTests finds each block here.

import Parley
import ParleySimulation

@WireMessage
struct Price {
    var item: UInt32
    var cents: UInt32 = 0
}

struct WrongPrice: Error {
    var item: UInt32
    var cents: UInt32
}

/// A shop's server: item 7 costs 700 cents.
func serve() async throws {
    let inbox = try await Mailbox(Price.self, at: .udp(port: 8089))
    try await inbox.respond { letter in Price(item: letter.message.item, cents: letter.message.item * 100) }
}

/// Asks for a price, until an answer comes.
func price(of item: UInt32, by outbox: Mailbox<Price, Price>) async throws(ParleyError) -> UInt32 {
    while true {
        do {
            let question = Price(item: item)
            let answer = try await outbox.request(question, to: "shop:8089", timeout: .milliseconds(50)).message
            return answer.cents
        } catch ParleyError.timedOut {}
    }
}

func customer(_ network: SimulatedNetwork) async throws {
    network.conditions.delay = .init(
        floor: .milliseconds(10),
        adding: .pareto(scale: .milliseconds(1), shape: 2)
    )
    network.host("shop").start { try await serve() }
    try await network.host("customer").run {
        let outbox = try await Mailbox(Price.self, at: .udp)
        for item in 1...10 as ClosedRange<UInt32> {
            let cents = try await price(of: item, by: outbox)
            if cents != item * 100 { throw WrongPrice(item: item, cents: cents) }
        }
    }
}

if let seed = CommandLine.arguments.dropFirst().first.flatMap({ UInt64($0) }) {
    // this one again
    let network = SimulatedNetwork(seed: seed)
    network.keepsEvents = true
    try? await network(customer)
    for event in network.events.suffix(11) { print(event) }
    try network.writeCapture(to: "seed-\(seed).pcapng")
} else {
    // one after another, until one fails
    for seed in 1...1000 as ClosedRange<UInt64> {
        do { try await SimulatedNetwork(seed: seed)(customer) } catch { break }
    }
}
