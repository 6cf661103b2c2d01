internal import ParleyTypes

/// A ``Delay`` in nanoseconds.
struct DelayPlan: Sendable {
    let floor: Int64
    private let shape: Shape
    /// The quantiles of a table, ascending, at least two. Beside the shape, which is copied a packet and must
    /// not count references.
    private let quantiles: [Int64]

    private enum Shape: Sendable {
        case none, table
        case uniform(count: UInt64)
        case normal(mean: Double, deviation: Double)
        /// `power` is −1 / shape.
        case pareto(scale: Double, power: Double)
    }

    init(_ delay: Delay) {
        var floor = delay.floor.clampedNanoseconds
        var shape = Shape.none
        var quantiles: [Int64] = []
        switch delay.distribution {
        case .none: break
        case .uniform(let width): shape = .uniform(count: UInt64(width.clampedNanoseconds) + 1)
        case .normal(let mean, let deviation):
            shape = .normal(
                mean: Double(mean.saturatedNanoseconds),
                deviation: Double(deviation.clampedNanoseconds)
            )
        case .pareto(let scale, let exponent):
            if exponent > 0 {
                shape = .pareto(scale: Double(scale.clampedNanoseconds), power: -1 / exponent)
            }
        case .table(let times):
            quantiles = times.map(\.clampedNanoseconds).sorted()
            if quantiles.count > 1 {
                shape = .table
            } else {
                floor = floor.addingSaturated(quantiles.first ?? 0)
            }
        }
        self.floor = floor
        self.shape = shape
        self.quantiles = quantiles
    }

    /// Whether chance has a part in it.
    var isDrawn: Bool {
        if case .none = shape { return false }
        return true
    }

    /// The delay that 64 random bits stand for.
    func nanoseconds(_ bits: UInt64) -> Int64 {
        floor.addingSaturated(added(bits))
    }

    private func added(_ bits: UInt64) -> Int64 {
        switch shape {
        case .none: return 0
        case .uniform(let count): return Int64(bits.multipliedFullWidth(by: count).high)
        case .normal(let mean, let deviation):
            let share = Elementary.unit(bits)
            return Int64(nanoseconds: mean + deviation * Elementary.normalQuantile(share))
        case .pareto(let scale, let power):
            let logarithm = Elementary.logarithm(Elementary.unit(bits))
            return Int64(nanoseconds: scale * (Elementary.exponential(logarithm * power) - 1))
        case .table:
            let place = bits.multipliedFullWidth(by: UInt64(quantiles.count - 1))
            let lower = quantiles[Int(place.high)]
            let step = UInt64(quantiles[Int(place.high) + 1] - lower)
            return lower + Int64(step.multipliedFullWidth(by: place.low).high)
        }
    }
}
