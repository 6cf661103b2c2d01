import ArgumentParser

/// How much is lost: `30%`, `0.5%`.
struct LossShare: ExpressibleByArgument, Sendable, Hashable {
    /// 0 to 1.
    let share: Double

    init?(argument: String) {
        guard argument.hasSuffix("%"), let percent = Double(argument.dropLast()), (0...100).contains(percent)
        else {
            return nil
        }
        share = percent / 100
    }
}
