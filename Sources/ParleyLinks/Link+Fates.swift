internal import ParleyTypes

extension Link {
    /// Says all that chance has to say of a packet, and counts it in its flow.
    mutating func drawFates(of packet: inout Inside, fragments: Int, _ flow: inout LinkFlow) {
        let index = flow.index
        flow.index = index &+ 1
        packet.delay = plan.delay.floor
        let chances = plan.chances
        guard !chances.isEmpty else { return }
        let draw = Draw(seed: seed, stream: flow.key, index: index)
        let parts = Swift.min(Swift.max(1, fragments), Self.fragmentsMax)
        if chances.contains(.loss) { packet.fate = plan.loss.fate(of: parts, draw, &flow.burst) }
        if chances.contains(.delay) { packet.delay = plan.delay.nanoseconds(draw.bits(.delay)) }
        if chances.contains(.spells) { meetSpell(&packet, parts, draw) }
        if chances.contains(.reordering), draw.happens(.reordering, plan.reordering) {
            packet.flags.insert(.isReordered)
            packet.delay = Swift.max(0, packet.delay.addingSaturated(plan.shift))
        }
        if chances.contains(.copies), draw.happens(.duplication, plan.duplication) {
            packet.flags.insert(.hasCopy)
        }
        if chances.contains(.corruption) { drawCorruption(of: &packet, draw) }
        if chances.contains(.earlyDrop) {
            packet.earlyDrop = UInt32(truncatingIfNeeded: draw.bits(.earlyDrop) >> 32)
        }
    }

    private mutating func meetSpell(_ packet: inout Inside, _ parts: Int, _ draw: Draw) {
        guard spells?.isBad(at: clock) == true, let spells else { return }
        packet.delay = packet.delay.addingSaturated(spells.addedDelay)
        guard packet.fate == nil, !spells.loss.isNever else { return }
        for part in 0..<parts where draw.happens(.spellLoss, part: part, spells.loss) {
            packet.fate = .spell
            return
        }
    }

    private func drawCorruption(of packet: inout Inside, _ draw: Draw) {
        if draw.happens(.corruption, plan.corruption) {
            packet.flags.insert(.isCorrupted)
            packet.corruptedBit = UInt32(truncatingIfNeeded: draw.bits(.corruptedBit) >> 32)
        }
        if packet.flags.contains(.hasCopy), draw.happens(.copyCorruption, plan.corruption) {
            packet.flags.insert(.isCopyCorrupted)
            packet.copyCorruptedBit = UInt32(truncatingIfNeeded: draw.bits(.copyCorruptedBit) >> 32)
        }
    }
}
