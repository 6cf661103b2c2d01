import ParleyTypes
import Testing

@testable import ParleyKernel

@Suite struct CounterTests {
    @Test func `counters are read by the kernel's own names`() {
        var counters = NetworkCounters()
        counters.add(
            paired: Array("TcpExt: ListenOverflows ListenDrops\nTcpExt: 3 7\nUdp: NoPorts\nUdp: 4\n".utf8)
        )
        counters.add(listed: Array("Udp6RcvbufErrors   \t 5\nIp6InReceives 9\n".utf8))
        #expect(counters.acceptQueueOverflows == 3 && counters.listenDrops == 7)
        #expect(counters["Udp.NoPorts"] == 4 && counters.receiveQueueDrops == 5)
        #expect(counters["Ip6.InReceives"] == 9)
        #expect(counters.cookiesSent == nil)
    }

    @Test func `this kernel counts what diagnosis asks for`() {
        let counters = NetworkCounters.current()
        #expect(counters.acceptQueueOverflows != nil && counters.listenDrops != nil)
        #expect(
            counters.cookiesSent != nil && counters.halfOpenDrops != nil && counters.halfOpenCookies != nil
        )
        #expect(counters.receiveQueueDrops != nil && counters.datagramsWithoutPort != nil)
        #expect(counters.names.count > 100)
    }

    @Test func `limits are this kernel's own`() {
        #expect((KernelLimit.acceptQueueMax.value ?? 0) > 0)
        #expect(KernelLimit.localPorts.numbers.count == 2)
        #expect("\(KernelLimit.acceptQueueMax)".hasPrefix("net.core.somaxconn = "))
        #expect(KernelLimit(rawValue: "net.core.nonesuch").value == nil)
        #expect(KernelLimit(rawValue: "../../etc/passwd").text == nil)
        #expect("\(KernelLimit(rawValue: "net.none"))" == "net.none (not there)")
    }

    @Test(arguments: 1...6) func `no bytes trap the readers`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "TcpExt:", "A", "-1", "18446744073709551615", "99999999999999999999", "\n", " ", "\t", "Udp6",
            "6",
        ]
        for _ in 0..<3000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                bytes += Array(words.randomElement(using: &random)!.utf8)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    bytes.append(.random(in: 0...255, using: &random))
                }
            }
            var counters = NetworkCounters()
            counters.add(paired: bytes)
            counters.add(listed: bytes)
            _ = counters.receiveQueueDrops
            #expect(counters.names.count < 200)
        }
    }
}
