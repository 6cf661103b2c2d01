import ParleyKernel
import Testing

@Suite struct SocketTextTests {
    @Test func `each state has a name of its own, as netstat writes it`() {
        let names = KernelSocket.State.allCases.map(\.description)
        #expect(Set(names).count == 13)
        #expect(KernelSocket.State(rawValue: 6) == .timeWait && names[5] == "TIME_WAIT")
        #expect(
            KernelSocket.State(rawValue: 10) == .listen && KernelSocket.State(rawValue: 13) == .boundInactive
        )
    }
}
