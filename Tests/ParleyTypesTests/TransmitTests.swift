import ParleyTypes
import Testing

@Suite struct TransmitTests {
    private static func ends(_ sizes: [Int]) -> [Int] {
        var end = 0
        return sizes.map { size in
            end += size
            return end
        }
    }

    /// The datagrams of a list, in the order in which they leave.
    private static func datagrams(of list: [Transmit]) -> [Range<Int>] {
        var position = TransmitPosition()
        var found: [Range<Int>] = []
        while position.index < list.count {
            let train = list[position.index]
            let datagram = train.datagram(at: position.offset)
            found.append(datagram)
            position.advance(by: datagram.count, in: train)
        }
        return found
    }

    @Test func `datagrams keep their borders and their order, however they are joined to trains`() {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &random)
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<2000 {
            let sizes = (0..<next(20)).map { _ in [0, 1, 2, 2, 2, 7, 7, 100][next(8)] }
            let first = next(sizes.count + 1)
            let ends = Self.ends(sizes)
            var list: [Transmit] = []
            list.append(endingAt: ends, from: first, to: nil)
            let expected = Array(zip(ends, sizes).map { ($0 - $1)..<$0 }[first...])
            #expect(Self.datagrams(of: list) == expected, "seed \(seed): \(sizes)")
            #expect(list.reduce(0) { $0 + $1.datagramCount } == expected.count, "seed \(seed): \(sizes)")
            // One after another gives the same trains.
            var single: [Transmit] = []
            for datagram in expected where single.isEmpty || !single[single.count - 1].append(datagram) {
                single.append(Transmit(datagram))
            }
            #expect(single == list, "seed \(seed): \(sizes)")
        }
    }

    @Test(arguments: [
        ([21, 21, 21], 1), ([21, 21, 5], 1), ([21, 5, 21], 2), ([5, 21, 21], 2), ([0, 21, 0, 21], 4),
        ([0], 1),
    ])
    func `equal datagrams are a train, and a shorter one ends it`(sizes: [Int], trains: Int) {
        var list: [Transmit] = []
        list.append(endingAt: Self.ends(sizes), to: nil)
        #expect(list.count == trains)
    }

    @Test func `a train takes only what lies behind it`() {
        var train = Transmit(0..<10)
        #expect(!train.append(11..<21) && !train.append(0..<10))
        #expect(train == Transmit(0..<10))
        #expect(train.append(10..<20) && train.append(20..<25) && !train.append(25..<30))
        #expect(train.segmentBytes == 10 && train.datagramCount == 3)
    }

    @Test func `what is left of a train is skipped and counted, wherever it stands`() {
        var train = Transmit(0..<10)
        _ = train.append(10..<20)
        _ = train.append(20..<25)
        for sent in 0...2 {
            var position = TransmitPosition(index: 4, offset: sent * 10)
            #expect(position.skip(train) == 3 - sent && position == TransmitPosition(index: 5))
        }
        var position = TransmitPosition()
        #expect(position.skip(Transmit(7..<7)) == 1 && position.index == 1)
        #expect(position.skip(Transmit(7..<9)) == 1 && position.index == 2)
    }

    @Test func `the byte of a packet holds its mark in the low bits`() {
        for byte in 0...UInt8.max { #expect(ECN(trafficClassByte: byte).rawValue == byte & 3) }
    }
}
