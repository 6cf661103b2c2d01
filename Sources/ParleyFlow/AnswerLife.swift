/// The questions of one peer that belong together by their numbers, from the first one to the highest so far.
///
/// Inside, numbers do not wrap: they are counted from the first one.
struct AnswerLife: Sendable {
    let id: UInt64
    /// How wide numbers are.
    let bits: Int
    /// The highest number, without wraps and as it was said.
    private var highest: Int64
    private var highestSaid: UInt64
    /// The numbers that were asked, from `base` to `highest`.
    private var asked: BitRing
    private var base: Int64
    /// Whether numbers have fallen off below.
    private var hasSlid = false
    /// The highest number at some times, the first as old as the memory's time if the life is.
    private var checkpoints: [(time: Int64, highest: Int64)] = []
    private var slots: [Slot]
    var lastActivity: Int64
    private(set) var running = 0
    private(set) var answerBytes = 0
    /// Slots that hold a question.
    private var occupied = 0
    /// What it takes of memory, answers and notes.
    var bytes: Int { answerBytes + slots.count * MemoryLayout<Slot>.stride + asked.count / 8 }

    /// A question whose answer is kept, or awaited.
    struct Slot: Sendable {
        /// The number; 0 for none.
        var number: Int64 = 0
        var digest: UInt64 = 0
        var answer: [UInt8]?
        var isRunning = false
        /// Whether `answer` is what it was, and not forgotten.
        var hasAnswer = false
    }

    /// What a number is to this life.
    enum Place {
        case fresh
        case asked(Int64)
        /// Further back than is known, but not longer ago.
        case old
        /// Of another life.
        case outside
    }

    private static let start: Int64 = 1 << 61
    /// So many of the latest numbers are known to have been asked or not.
    private static let spanMax = 1 << 16
    private static let slotsMin = 4
    private static let neighboursMax = 128

    init(_ id: UInt64, bits: Int, beginningAt number: UInt64, at now: Int64) {
        self.id = id
        self.bits = bits
        highest = Self.start
        highestSaid = number & Self.mask(bits)
        asked = BitRing(count: 64)
        base = Self.start
        slots = [Slot](repeating: Slot(), count: Self.slotsMin)
        lastActivity = now
        checkpoints = [(now, highest)]
    }

    private static func mask(_ bits: Int) -> UInt64 { .max >> UInt64(64 - bits) }

    /// Half of all numbers, where that is less than the most.
    private var span: Int { bits > 16 ? Self.spanMax : 1 << (bits - 1) }

    /// The number without wraps: nil when it is too far away.
    private func unwrapped(_ number: UInt64) -> (number: Int64, isNear: Bool) {
        let mask = Self.mask(bits)
        let forward = (number &- highestSaid) & mask
        if forward <= mask >> 1 {
            let isNear = forward < UInt64(span)
            return (highest + Int64(clamping: min(forward, 1 << 60)), isNear)
        }
        let back = (highestSaid &- number) & mask
        return (highest - Int64(clamping: min(back, 1 << 60)), back < UInt64(span))
    }

    func place(of said: UInt64) -> Place {
        let (number, isNear) = unwrapped(said)
        if isNear {
            if number > highest || number < base { return .fresh }
            return asked[UInt64(number)] ? .asked(number) : .fresh
        }
        guard number < highest else { return .outside }
        // Asked no longer ago than is remembered: at some thousand questions a second that is more than are known.
        let lowest = (checkpoints.first?.highest ?? highest) - Int64(Self.spanMax)
        return number >= lowest && hasSlid ? .old : .outside
    }

    func slot(of number: Int64) -> Slot? {
        let slot = slots[index(of: number)]
        return slot.number == number ? slot : nil
    }

    private func index(of number: Int64) -> Int { Int(number) & (slots.count - 1) }

    // MARK: New questions

    /// - Returns: the number without wraps; nil when there is no room for the question.
    mutating func open(_ said: UInt64, _ digest: UInt64, at now: Int64, _ limits: AnswerLimits) -> Int64? {
        let (number, _) = unwrapped(said)
        guard makeRoom(for: number, limits.answersMax) else { return nil }
        reach(number)
        if number > highest {
            highest = number
            highestSaid = said & Self.mask(bits)
        }
        asked.set(UInt64(number))
        note(at: now, limits.time.clampedNanoseconds)
        lastActivity = now
        let index = index(of: number)
        // An older one than the one that is kept there is run, and its answer not kept.
        guard slots[index].number <= number else { return number }
        empty(index)
        slots[index] = Slot(number: number, digest: digest, isRunning: true)
        occupied += 1
        running += 1
        return number
    }

    /// Lets the bits reach from the number, or to it.
    private mutating func reach(_ number: Int64) {
        let top = max(number, highest)
        let bottom = min(number, base)
        while top - bottom >= asked.count, asked.count < span {
            asked.grow(from: UInt64(base), to: UInt64(highest + 1))
        }
        base = bottom
        guard top - base >= asked.count else { return }
        hasSlid = true
        let newBase = top - Int64(asked.count) + 1
        if newBase > highest {
            asked = BitRing(count: asked.count)
        } else {
            var bit = asked.firstSet(from: UInt64(base), to: UInt64(newBase))
            while bit < UInt64(newBase) {
                asked.clear(bit)
                bit = asked.firstSet(from: bit + 1, to: UInt64(newBase))
            }
        }
        base = newBase
    }

    private mutating func note(at now: Int64, _ time: Int64) {
        if let last = checkpoints.last, now.subtractingSaturated(last.time) < time / 4 { return }
        checkpoints.append((now, highest))
        while checkpoints.count > 1, now.subtractingSaturated(checkpoints[1].time) >= time {
            checkpoints.removeFirst()
        }
    }

    /// Whether there is a slot for a number that no question which is running needs.
    private mutating func makeRoom(for number: Int64, _ slotsMax: Int) -> Bool {
        while slots[index(of: number)].number != 0, slots.count < slotsMax, wantsSlots(for: number) {
            growSlots()
        }
        return !slots[index(of: number)].isRunning
    }

    /// Whether more slots are wanted for a number whose slot is taken. Numbers that lie apart must not buy memory: the
    /// older one of two goes while most slots are free. Neighbours stay, as far as a small window reaches.
    private func wantsSlots(for number: Int64) -> Bool {
        let other = slots[index(of: number)]
        return occupied * 2 > slots.count || other.isRunning
            || (abs(number - other.number) < Int64(Self.neighboursMax)
                && slots.count < 2 * Self.neighboursMax)
    }

    private mutating func growSlots() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        // Twice as many: those that were apart stay apart.
        for slot in old where slot.number != 0 { slots[index(of: slot.number)] = slot }
    }

    private mutating func empty(_ index: Int) {
        answerBytes -= slots[index].answer?.count ?? 0
        if slots[index].isRunning { running -= 1 }
        if slots[index].number != 0 { occupied -= 1 }
        slots[index] = Slot()
    }

    // MARK: Answers

    /// - Parameter bytesMax: what all of this life may take.
    mutating func keep(_ answer: [UInt8]?, for number: Int64, bytesMax: Int) {
        let index = index(of: number)
        guard slots[index].number == number, slots[index].isRunning else { return }
        slots[index].isRunning = false
        running -= 1
        let size = answer?.count ?? 0
        let most = bytesMax - (bytes - answerBytes)
        guard size <= most else { return }
        // Some more than must be, so that this is seldom done.
        if answerBytes + size > most { forgetOldest(downTo: most - max(size, most / 8)) }
        slots[index].answer = answer
        slots[index].hasAnswer = true
        answerBytes += size
    }

    mutating func withdraw(_ number: Int64) {
        let index = index(of: number)
        guard slots[index].number == number, slots[index].isRunning else { return }
        empty(index)
        asked.clear(UInt64(number))
    }

    mutating func forgetHalf() {
        forgetOldest(downTo: answerBytes / 2)
    }

    private mutating func forgetOldest(downTo goal: Int) {
        let kept = slots.indices.filter { slots[$0].answer != nil }.sorted {
            slots[$0].number < slots[$1].number
        }
        for index in kept where answerBytes > goal {
            answerBytes -= slots[index].answer?.count ?? 0
            slots[index].answer = nil
            slots[index].hasAnswer = false
        }
    }
}
