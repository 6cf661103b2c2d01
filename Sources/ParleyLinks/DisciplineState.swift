/// What a queue's discipline remembers.
enum DisciplineState: Sendable {
    case tailDrop
    case red(RandomEarlyDetection.State)
    case coDel(ControlledDelay.State)

    init(_ discipline: LinkQueue.Discipline) {
        switch discipline {
        case .tailDrop: self = .tailDrop
        case .red(let settings): self = .red(RandomEarlyDetection.State(settings))
        case .coDel(let settings): self = .coDel(ControlledDelay.State(settings))
        }
    }
}
