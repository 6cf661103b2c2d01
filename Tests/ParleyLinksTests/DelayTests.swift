import ParleyTypes
import Testing

@testable import ParleyLinks

@Suite struct DelayTests {
    private static let shapes: [Delay.Distribution] = [
        .uniform(width: .microseconds(1000)),
        .normal(mean: .microseconds(1000), deviation: .microseconds(200)),
        .pareto(scale: .microseconds(1000), shape: 3),
        .table([.microseconds(2000), .zero, .microseconds(100)]),
    ]

    /// Worked out by other means: the same formulas in another language.
    private static let golden: [[Int64]] = [
        [7, 1_000_007, 500_007, 4_451, 995_563, 7],
        [7, 2_641_914, 1_000_007, 476_747, 1_523_266, 7],
        [208_062_830_690, 7, 259_928, 5_082_208, 1_492, 255_000_006],
        [7, 2_000_006, 100_007, 895, 1_983_118, 7],
    ]

    @Test(arguments: zip(shapes, golden))
    func `the same draw is the same delay, to the nanosecond, everywhere`(
        _ shape: Delay.Distribution,
        _ expected: [Int64]
    ) {
        let plan = DelayPlan(Delay(floor: .nanoseconds(7), adding: shape))
        let draws: [UInt64] = [0, .max, 1 << 63, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 1 << 40]
        #expect(draws.map { plan.nanoseconds($0) } == expected)
    }

    @Test func `draws are the same everywhere`() {
        let draw = Draw(seed: Draw.mix(42), stream: 7, index: 3)
        #expect(draw.bits(.loss) == 0x1546_131F_9801_EB8C)
        #expect(draw.bits(.delay) == 0xBFFC_7F0E_3338_DAB9)
        #expect(draw.bits(.loss, part: 2) == 0xA416_C054_DE61_1E47)
    }

    /// Delays in microseconds, ascending.
    private func sample(_ shape: Delay.Distribution, _ count: Int = 30_000) -> [Double] {
        let plan = DelayPlan(Delay(adding: shape))
        return (0..<count).map { index in
            let draw = Draw(seed: 1, stream: 0, index: UInt64(index))
            return Double(plan.nanoseconds(draw.bits(.delay))) / 1000
        }.sorted()
    }

    private func mean(_ sample: [Double]) -> Double { sample.reduce(0, +) / Double(sample.count) }

    /// Whether as many of a sample lie below a value as should.
    private func holds(_ share: Double, below value: Double, in sample: [Double]) -> Bool {
        isLikely(sample.count(where: { $0 < value }), of: sample.count, share)
    }

    @Test func `uniform delays have their mean and quantiles`() {
        let sample = sample(Self.shapes[0])
        #expect((mean(sample) - 500).magnitude < 5 * 289 / 173)
        #expect(holds(0.1, below: 100, in: sample) && holds(0.9, below: 900, in: sample))
        #expect(sample[0] >= 0 && sample.last! <= 1000)
    }

    @Test func `normal delays have their mean and quantiles`() {
        let sample = sample(Self.shapes[1])
        #expect((mean(sample) - 1000).magnitude < 5 * 200 / 173)
        let quantiles = [
            (0.001350, -3.0), (0.022750, -2), (0.158655, -1), (0.5, 0), (0.841345, 1), (0.998650, 3),
        ]
        for (share, deviations) in quantiles {
            #expect(holds(share, below: 1000 + 200 * deviations, in: sample))
        }
    }

    @Test func `Pareto's delays have their mean and quantiles`() {
        let sample = sample(Self.shapes[2])
        // Of shape 3 and scale 1,000: mean 500, deviation 866.
        #expect((mean(sample) - 500).magnitude < 5 * 866 / 173)
        // 1 − 2⁻³, 1 − 4⁻³, 1 − 10⁻³
        #expect(holds(0.875, below: 1000, in: sample) && holds(1 - 1.0 / 64, below: 3000, in: sample))
        #expect(holds(0.999, below: 9000, in: sample))
    }

    @Test func `a table's delays lie on straight lines between its quantiles`() {
        let sample = sample(Self.shapes[3])
        #expect((mean(sample) - (50 + 1050) / 2).magnitude < 5 * 650 / 173)
        #expect(holds(0.25, below: 50, in: sample) && holds(0.5, below: 100, in: sample))
        #expect(holds(0.75, below: 1050, in: sample))
    }

    @Test func `a table of one is that one, and an empty one is none`() {
        #expect(
            DelayPlan(Delay(floor: .nanoseconds(5), adding: .table([.nanoseconds(7)]))).nanoseconds(9) == 12
        )
        #expect(DelayPlan(Delay(floor: .nanoseconds(5), adding: .table([]))).nanoseconds(9) == 5)
    }

    @Test func `what is no time, or longer than all time, is held to its limits`() {
        let draws: [UInt64] = [0, 1 << 63, .max]
        let shapes: [Delay.Distribution] = [
            .uniform(width: .seconds(Int64.max)), .uniform(width: .seconds(-1)),
            .normal(mean: .seconds(Int64.min), deviation: .seconds(Int64.max)),
            .normal(mean: .seconds(Int64.max), deviation: .seconds(-1)),
            .pareto(scale: .seconds(Int64.max), shape: 0.001), .pareto(scale: .seconds(1), shape: .nan),
            .pareto(scale: .seconds(-1), shape: .infinity), .pareto(scale: .zero, shape: 1e-300),
            .table([.seconds(-1), .seconds(Int64.max)]),
        ]
        for shape in shapes {
            for floor in [Duration.seconds(-1), .zero, .seconds(Int64.max)] {
                let plan = DelayPlan(Delay(floor: floor, adding: shape))
                #expect(draws.allSatisfy { plan.nanoseconds($0) >= plan.floor && plan.floor >= 0 })
            }
        }
    }

    @Test func `logarithm, exponential and root are right to the last few bits`() {
        #expect(Elementary.logarithm(1) == 0)
        // ln 10, ln 2⁻⁵³, e, e¹⁰⁰
        #expect((Elementary.logarithm(10) / 2.302585092994046 - 1).magnitude < 1e-15)
        #expect((Elementary.logarithm(0x1p-53) / -36.7368005696771 - 1).magnitude < 1e-14)
        #expect((Elementary.exponential(1) / 2.718281828459045 - 1).magnitude < 1e-15)
        #expect((Elementary.exponential(100) / 2.6881171418161356e43 - 1).magnitude < 1e-13)
        for number in [1, 2, 3, 0.5, 36.7, 1e-300, 1e300] {
            #expect((Elementary.squareRoot(number) / number.squareRoot() - 1).magnitude < 3e-16)
        }
        #expect(Elementary.exponential(0) == 1 && Elementary.exponential(1e9) == .infinity)
        #expect((Elementary.exponential(-Elementary.logarithm(0.3)) * 0.3 - 1).magnitude < 1e-15)
    }
}
