internal import ParleyTypes

extension RandomEarlyDetection {
    /// What RED remembers. Queue lengths are fixed-point numbers of packets, with 32 bits behind the point.
    struct State: Sendable {
        private let minimum: Int64
        private let maximum: Int64
        /// Of 2³².
        private let probability: Int64
        private let weightShift: Int64
        private var average: Int64 = 0
        /// Packets since the last drop or mark, while the average is above the minimum.
        private var spared: Int64 = 0

        init(_ settings: RandomEarlyDetection) {
            let least = Int64(Swift.min(Swift.max(0, settings.minimum), Self.packetsMax))
            let most = Int64(Swift.min(Swift.max(0, settings.maximum), Self.packetsMax))
            minimum = least << 32
            maximum = Swift.max(least + 1, most) << 32
            probability = Int64(settings.probability.clampedProbability * 0x1p32)
            weightShift = Int64(Swift.min(Swift.max(0, settings.weightShift), 20))
        }

        /// Packets that wait on average.
        var averagePackets: Double { Double(average) * 0x1p-32 }

        /// What becomes of a packet that finds so many others waiting.
        ///
        /// - Parameters:
        ///   - idle: for how many packets the link has been idle.
        ///   - draw: 32 random bits, the packet's own.
        mutating func verdict(behind packets: Int, idle: Int64, draw: UInt32) -> Verdict {
            if idle > 0 { decay(by: idle) }
            let length = Int64(Swift.min(packets, Self.packetsMax)) << 32
            average += (length - average) >> weightShift
            guard average >= minimum else {
                spared = 0
                return .pass
            }
            let isGentle = average >= maximum
            let chance = isGentle ? chanceAbove : chanceBelow
            guard isDue(chance, draw) else {
                spared += 1
                return .pass
            }
            spared = 0
            return isGentle ? .drop : .signal
        }

        enum Verdict: Sendable, Equatable {
            case pass
            /// Mark it if it is capable and marks are asked for, else drop it.
            case signal
            case drop
        }

        /// From 0 at the minimum to ``probability`` at the maximum, of 2³².
        private var chanceBelow: Int64 {
            share(of: probability, average - minimum, maximum - minimum)
        }

        /// From there to 1 at twice the maximum, of 2³².
        private var chanceAbove: Int64 {
            let above = Swift.min(average - maximum, maximum)
            return probability + share(of: 1 << 32 - probability, above, maximum)
        }

        private func share(of whole: Int64, _ part: Int64, _ total: Int64) -> Int64 {
            let product = UInt64(whole).multipliedFullWidth(by: UInt64(part))
            return Int64(UInt64(total).dividingFullWidth(product).quotient)
        }

        /// Chance / (1 − spared · chance) is what makes gaps uniform in 1...1 / chance (Floyd and Jacobson
        /// 1993, section 7).
        private func isDue(_ chance: Int64, _ draw: UInt32) -> Bool {
            let (used, overflow) = spared.multipliedReportingOverflow(by: chance)
            guard !overflow, used < 1 << 32 else { return chance > 0 }
            return (Int64(draw) * ((1 << 32 - used) >> 1)) >> 31 < chance
        }

        /// The average after so many packets that found nothing: times (1 − weight) for each.
        private mutating func decay(by packets: Int64) {
            guard weightShift > 0 else { return average = 0 }
            var factor = (1 << 32 - 1 << (32 - weightShift)) as UInt64
            var left = packets
            var value = UInt64(average)
            while left > 0, value > 0 {
                if left & 1 == 1 { value = Self.product(value, factor) }
                factor = Self.product(factor, factor)
                left >>= 1
            }
            average = Int64(value)
        }

        private static func product(_ value: UInt64, _ factor: UInt64) -> UInt64 {
            let (high, low) = value.multipliedFullWidth(by: factor)
            return high << 32 | low >> 32
        }

        private static let packetsMax = 1 << 30
    }
}
