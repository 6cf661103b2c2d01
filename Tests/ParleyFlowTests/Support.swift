import ParleyFlow
import ParleyTypes
import Testing

extension MonotonicInstant {
    static let zero = MonotonicInstant(nanoseconds: 0)

    static func milliseconds(_ count: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: count * 1_000_000)
    }

    static func seconds(_ count: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: count * 1_000_000_000)
    }
}

/// Clocks that misbehave: they stand, go back, jump to either end.
struct WildClock {
    private var generator: SeededGenerator
    private(set) var now = MonotonicInstant(nanoseconds: 0)

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func next() -> MonotonicInstant {
        let step = Int64.random(in: 0...2_000_000_000, using: &generator)
        switch Int.random(in: 0..<40, using: &generator) {
        case 0: now = MonotonicInstant(nanoseconds: .max)
        case 1: now = MonotonicInstant(nanoseconds: .min)
        case 2: now = MonotonicInstant(nanoseconds: 0)
        case 3...8: now = now.advanced(by: .nanoseconds(-step))
        case 9...15: break
        case 16: now = now.advanced(by: .seconds(365 * 86_400))
        default: now = now.advanced(by: .nanoseconds(step / 1000))
        }
        return now
    }
}
