/// What an ``AnswerMemory`` knows of one peer: its lives, the latest last. A peer that has begun anew has more than one
/// until the earlier ones are old.
struct AnswerPeer: Sendable {
    private var lives: [AnswerLife] = []
    private(set) var lastActivity: Int64
    /// More are not told apart: with a fifth the first one is forgotten.
    private static let livesMax = 4

    /// What a number is.
    enum Finding {
        case kept([UInt8]?)
        case running
        case forgotten
        /// Not asked before, in that life; nil in one that begins with it.
        case new(life: UInt64?)
    }

    init(at now: Int64) {
        lastActivity = now
    }

    var bytes: Int { lives.reduce(0) { $0 + $1.bytes } }
    var answerBytes: Int { lives.reduce(0) { $0 + $1.answerBytes } }
    var running: Int { lives.reduce(0) { $0 + $1.running } }

    mutating func find(
        _ number: UInt64,
        ofBits bits: Int,
        saying digest: UInt64,
        at now: Int64,
        _ time: Int64
    ) -> Finding {
        lives.removeAll { now.subtractingSaturated($0.lastActivity) >= time && $0.running == 0 }
        var candidate: UInt64?
        // A number of the latest life that says something else is of none that is known.
        var isOfNone = false
        for index in lives.indices.reversed() where lives[index].bits == bits {
            switch lives[index].place(of: number) {
            case .outside: continue
            case .fresh:
                if !isOfNone { candidate = candidate ?? lives[index].id }
            case .old:
                if candidate == nil, !isOfNone { return .forgotten }
            case .asked(let asked):
                guard let slot = lives[index].slot(of: asked) else {
                    if candidate == nil, !isOfNone { return .forgotten }
                    continue
                }
                guard slot.digest == digest else {
                    isOfNone = isOfNone || candidate == nil
                    continue
                }
                lives[index].lastActivity = now
                lastActivity = now
                return slot.isRunning ? .running : slot.hasAnswer ? .kept(slot.answer) : .forgotten
            }
        }
        return .new(life: candidate)
    }

    /// Notes a question that is about to be run.
    ///
    /// - Parameter life: one that is there, or a new one.
    /// - Returns: nil when there is no room.
    mutating func open(
        _ number: UInt64,
        ofBits bits: Int,
        saying digest: UInt64,
        in life: UInt64,
        at now: Int64,
        _ limits: AnswerLimits
    ) -> Int64? {
        if let index = lives.firstIndex(where: { $0.id == life }) {
            guard let asked = lives[index].open(number, digest, at: now, limits) else { return nil }
            lastActivity = now
            return asked
        }
        if lives.count >= Self.livesMax {
            guard let oldest = lives.firstIndex(where: { $0.running == 0 }) else { return nil }
            lives.remove(at: oldest)
        }
        var new = AnswerLife(life, bits: bits, beginningAt: number, at: now)
        guard let asked = new.open(number, digest, at: now, limits) else { return nil }
        lives.append(new)
        lastActivity = now
        return asked
    }

    /// - Parameter room: how many bytes there are for all peers.
    mutating func keep(
        _ answer: [UInt8]?,
        for number: Int64,
        in life: UInt64,
        at now: Int64,
        _ limits: AnswerLimits,
        room: Int
    ) {
        lastActivity = max(lastActivity, now)
        guard let index = lives.firstIndex(where: { $0.id == life }) else { return }
        let others = bytes - lives[index].bytes
        let most = min(limits.bytesPerPeerMax - others, room.addingSaturated(lives[index].bytes))
        lives[index].lastActivity = max(lives[index].lastActivity, now)
        lives[index].keep(answer, for: number, bytesMax: max(0, most))
    }

    /// Makes room: half of the answers that are kept.
    mutating func forgetSome() {
        for index in lives.indices { lives[index].forgetHalf() }
    }

    mutating func withdraw(_ number: Int64, in life: UInt64) {
        guard let index = lives.firstIndex(where: { $0.id == life }) else { return }
        lives[index].withdraw(number)
    }
}
