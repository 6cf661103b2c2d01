// swift-format-ignore-file
// docs/simulation.md: the client that is repaired, held to as many seeds as were hunted. Tests/TidyTests finds each
// block here.

import Parley
import ParleySimulation
import Testing

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

func price(of item: UInt32, by outbox: Mailbox<Price, Price>) async throws(ParleyError) -> UInt32 {
    while true {
        do {
            let question = Price(item: item)
            let answer = try await outbox.request(question, to: "shop:8089", timeout: .milliseconds(50)).message
            if answer.item == item { return answer.cents }
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

@Suite struct HuntTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `no late answer is taken for the answer of another question`(seed: UInt64) async throws {
        try await SimulatedNetwork(seed: seed)(customer)
    }
}
