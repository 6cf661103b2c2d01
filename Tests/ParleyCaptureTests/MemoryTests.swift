import ParleyTypes
import Testing

@testable import ParleyCapture

/// What a capture can make us hold, counted with what holding it costs.
@Suite struct MemoryTests {
    @Test func `early segments of one byte count with the memory that keeps them`() {
        var reassembler = StreamReassembler()
        reassembler.receive(StreamReassemblerTests.segment(0, [1]))
        for index in 0..<4000 {
            reassembler.receive(StreamReassemblerTests.segment(UInt32(10 + index * 2), [3]))
        }
        #expect(reassembler.waitingBytes == 4000)
        // An array's head and the allocator's take 32 and 16 bytes, a place in the list 48.
        #expect(reassembler.heldBytes >= 4000 * 96)
    }

    @Test func `room that early segments took does not stay with the stream`() {
        var reassembler = StreamReassembler()
        reassembler.receive(StreamReassemblerTests.segment(0, [1]))
        for index in 0..<2000 { reassembler.receive(StreamReassemblerTests.segment(UInt32(2 + index), [3])) }
        #expect(reassembler.heldBytes > 0)
        reassembler.receive(StreamReassemblerTests.segment(1, [2]))
        #expect(reassembler.waitingBytes == 0)
        #expect(reassembler.heldBytes < 1024)
    }

    @Test func `the memory of all streams together is bounded, whatever their segments hold`() {
        var limits = StreamTable.Limits()
        limits.bytesMax = 1 << 20
        var table = StreamTable(limits: limits)
        for stream in 0..<200 {
            let flow = Flow(
                source: .ipv4(IPv4Address(10, 0, 0, 1), port: UInt16(1000 + stream)),
                destination: .ipv4(IPv4Address(10, 0, 0, 2), port: 80)
            )
            for index in 0..<200 {
                var segment = StreamReassemblerTests.segment(UInt32(index == 0 ? 0 : 10 + index * 2), [3])
                segment.flow = flow
                table.receive(segment)
                while table.nextEvent() != nil {}
                #expect(table.heldBytes <= limits.bytesMax)
            }
        }
    }
}
