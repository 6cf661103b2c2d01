extension Link {
    mutating func conditionsChanged(from old: LinkConditions) {
        guard conditions != old else { return }
        plan = Plan(conditions)
        if conditions.spells != old.spells { spells = conditions.spells.map { SpellProcess($0, seed: seed) } }
        if conditions.queue.discipline != old.queue.discipline {
            discipline = DisciplineState(conditions.queue.discipline)
        }
        guard conditions.rate != old.rate else { return }
        transmitter.forgetFraction()
        // A link that stood still begins again.
        if transmitter.packet == nil { sendNext(at: clock, isNext: false) }
    }

    mutating func passageChanged() {
        switch passage {
        case .held: return
        case .open: while !held.isEmpty { enter(held.removeFirst(), isReleased: true) }
        case .partitioned: while !held.isEmpty { drop(held.removeFirst(), .partitioned, at: clock) }
        }
    }
}
