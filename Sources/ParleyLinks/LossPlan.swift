/// A ``LossModel`` as thresholds.
enum LossPlan: Sendable, Equatable {
    case none
    case random(Threshold)
    case bursts(GilbertElliott)

    struct GilbertElliott: Sendable, Equatable {
        var toBad: Threshold
        var toGood: Threshold
        var lossInGood: Threshold
        var lossInBad: Threshold
        /// That a flow begins in the bad state.
        var startsBad: Threshold
    }

    init(_ model: LossModel) {
        switch model {
        case .none: self = .none
        case .random(let loss):
            let threshold = Threshold(loss)
            self = threshold.isNever ? .none : .random(threshold)
        case .gilbertElliott(let toBad, let toGood, let lossInGood, let lossInBad):
            self = .bursts(
                GilbertElliott(
                    toBad: Threshold(toBad),
                    toGood: Threshold(toGood),
                    lossInGood: Threshold(lossInGood),
                    lossInBad: Threshold(lossInBad),
                    startsBad: Threshold(LossModel.shareOfBad(toBad: toBad, toGood: toGood))
                )
            )
        }
    }

    /// What loses a packet of so many fragments, if anything does. Each fragment moves the flow's state on,
    /// those after a lost one included: what comes later does not depend on how this one was lost.
    func fate(of fragments: Int, _ draw: Draw, _ burst: inout LinkFlow.Burst) -> LinkDrop? {
        switch self {
        case .none: return nil
        case .random(let threshold):
            for part in 0..<fragments where draw.happens(.loss, part: part, threshold) { return .loss }
            return nil
        case .bursts(let model):
            var fate: LinkDrop?
            for part in 0..<fragments {
                model.move(&burst, by: draw.bits(.burstState, part: part))
                let isBad = burst == .bad
                let loss = isBad ? model.lossInBad : model.lossInGood
                if draw.happens(.loss, part: part, loss), fate == nil { fate = isBad ? .burst : .loss }
            }
            return fate
        }
    }
}

extension LossPlan.GilbertElliott {
    fileprivate func move(_ burst: inout LinkFlow.Burst, by bits: UInt64) {
        switch burst {
        case .unknown: burst = startsBad.isMet(by: bits) ? .bad : .good
        case .good: if toBad.isMet(by: bits) { burst = .bad }
        case .bad: if toGood.isMet(by: bits) { burst = .good }
        }
    }
}
