internal import ParleyTypes

/// How much may wait in a queue, and how little always may.
struct QueueLimit: Sendable {
    private let packetsMax: Int
    private let bytesMax: Int
    /// So many packets may wait however large they are.
    private let packetsMin: Int

    init(_ conditions: LinkConditions) {
        switch conditions.queue.limit {
        case .automatic:
            packetsMax = conditions.rate == nil ? Self.packetsWithoutRate : .max
            bytesMax = Self.bandwidthDelayProduct(conditions)
            packetsMin = Self.packetsAtLeast
        case .packets(let count): (packetsMax, bytesMax, packetsMin) = (count, .max, 0)
        case .bytes(let count): (packetsMax, bytesMax, packetsMin) = (.max, count, 0)
        case .both(let packets, let bytes): (packetsMax, bytesMax, packetsMin) = (packets, bytes, 0)
        }
    }

    func hasRoom(for byteCount: UInt32, behind packets: Int, of bytes: Int) -> Bool {
        packets < packetsMin || (packets < packetsMax && bytes &+ Int(byteCount) <= bytesMax)
    }

    /// In bytes.
    private static func bandwidthDelayProduct(_ conditions: LinkConditions) -> Int {
        guard let rate = conditions.rate else { return .max }
        let roundTrip = UInt64(conditions.delay.floor.clampedNanoseconds) * 2
        let bitNanoseconds = UInt64(clamping: rate).multipliedFullWidth(by: roundTrip)
        let nanosecondsPerByte: UInt64 = 8_000_000_000
        guard bitNanoseconds.high < nanosecondsPerByte else { return .max }
        return Int(clamping: nanosecondsPerByte.dividingFullWidth(bitNanoseconds).quotient)
    }

    private static let packetsAtLeast = 10
    private static let packetsWithoutRate = 1_000
}
