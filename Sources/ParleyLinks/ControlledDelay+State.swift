internal import ParleyTypes

extension ControlledDelay {
    /// What CoDel remembers (RFC 8289, section 5). Nanoseconds.
    struct State: Sendable {
        private let target: Int64
        private let interval: Int64
        /// When packets will have waited too long for an interval; nil while they do not.
        private var firstAbove: Int64?
        private var isDropping = false
        /// When to drop the next one.
        private var dropNext: Int64 = 0
        /// Drops since dropping began, and when it began last.
        private var count = 0
        private var lastCount = 0
        /// The largest packet so far: a queue that holds no more than that is no standing queue.
        private var largest = 0

        init(_ settings: ControlledDelay) {
            target = Swift.max(1, settings.target.clampedNanoseconds)
            interval = Swift.min(Swift.max(1, settings.interval.clampedNanoseconds), 4_000_000_000)
        }

        mutating func entered(_ byteCount: UInt32) {
            largest = Swift.max(largest, Int(byteCount))
        }

        /// The queue was found empty.
        mutating func ranEmpty() {
            firstAbove = nil
            isDropping = false
        }

        /// What becomes of a packet that leaves the queue. After a drop the next one is asked about, at the
        /// same time.
        ///
        /// - Parameters:
        ///   - sojourn: how long it has waited.
        ///   - bytes: what is left in the queue.
        ///   - canMark: a mark will do in place of a drop.
        mutating func verdict(at now: Int64, sojourn: Int64, bytes: Int, canMark: Bool) -> Verdict {
            let mayDrop = isStanding(at: now, sojourn: sojourn, bytes: bytes)
            if isDropping {
                guard mayDrop else {
                    isDropping = false
                    return .pass
                }
                guard now >= dropNext else { return .pass }
                count += 1
                dropNext = controlLaw(from: dropNext)
                return canMark ? .mark : .drop
            }
            guard mayDrop else { return .pass }
            beginDropping(at: now)
            return canMark ? .mark : .drop
        }

        enum Verdict: Sendable, Equatable {
            case pass, mark, drop
        }

        /// Whether packets have waited longer than the target for an interval.
        private mutating func isStanding(at now: Int64, sojourn: Int64, bytes: Int) -> Bool {
            guard sojourn >= target, bytes > largest else {
                firstAbove = nil
                return false
            }
            guard let firstAbove else {
                firstAbove = now.addingSaturated(interval)
                return false
            }
            return now >= firstAbove
        }

        /// If it dropped a short while ago, it goes on about as fast as it did then.
        private mutating func beginDropping(at now: Int64) {
            isDropping = true
            let delta = count - lastCount
            let isRecent = now < dropNext.addingSaturated(interval * 16)
            count = delta > 1 && isRecent ? delta : 1
            lastCount = count
            dropNext = controlLaw(from: now)
        }

        /// An interval over the square root of the count later (RFC 8289, section 3.3).
        private func controlLaw(from time: Int64) -> Int64 {
            let square = UInt64(interval) * UInt64(interval)
            return time.addingSaturated(Int64(Self.root(of: square / UInt64(count))))
        }

        /// The whole part of a square root: Newton's steps from above.
        static func root(of number: UInt64) -> UInt64 {
            guard number > 1 else { return number }
            var root = 1 << UInt64((65 - number.leadingZeroBitCount) / 2) as UInt64
            while true {
                let next = (root + number / root) / 2
                guard next < root else { return root }
                root = next
            }
        }
    }
}
