extension Framing {
    /// What a look at the beginning of a message has found out, so that the next look begins where it ended.
    ///
    /// Belongs to one message; ``Framing/nextFrame(in:atEnd:progress:)`` makes it new when it hands one out.
    public struct Progress: Sendable, Hashable {
        /// How many bytes hold no border.
        @usableFromInline var searched = 0
        /// How many bytes, counted from the message's first, must have come before a look is of use.
        public internal(set) var needed = 0
        /// Where a step of a layout begins, and which it is; negative when the whole has been seen.
        var position = 0
        var step = 0
        /// The lists that have been begun, the outermost first.
        private var lists: [List] = []

        private struct List: Sendable, Hashable {
            var step: Int
            /// How many items follow the one that was begun.
            var remaining: Int
        }

        public init() {}

        @inlinable
        init(searched: Int) { self.searched = searched }

        var isWhole: Bool { step < 0 }

        /// Begins with another message; the room for lists stays.
        ///
        /// - Precondition: the message before has been seen whole, so that all its lists have ended.
        mutating func begin() {
            searched = 0
            needed = 0
            position = 0
            step = 0
        }

        /// Begins a list.
        ///
        /// - Precondition: it has an item.
        mutating func begin(_ step: Int, times count: Int) {
            self.step = step
            lists.append(List(step: step, remaining: count - 1))
        }

        /// Goes on behind what has ended: with the next item of the innermost list that has one.
        mutating func next() {
            while let list = lists.last {
                if list.remaining > 0 {
                    lists[lists.count - 1].remaining -= 1
                    step = list.step
                    return
                }
                lists.removeLast()
            }
            step = -1
        }
    }
}
