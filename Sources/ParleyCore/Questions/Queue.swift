internal import ParleyNetwork

/// Places, a number of them, and those who wait for one: first come, first served.
struct Queue {
    let places: Int
    private var taken = 0
    private var waiting = FIFO<Suspension>()

    init(places: Int) {
        self.places = places
    }

    var isEmpty: Bool { taken == 0 }

    /// Takes a place.
    ///
    /// - Returns: nil when there was one; what to wait for otherwise: once it is ready the place is the caller's.
    mutating func enter() -> Suspension? {
        if taken < places {
            taken += 1
            return nil
        }
        let suspension = Suspension()
        waiting.append(suspension)
        return suspension
    }

    /// Gives a place to who waits longest.
    mutating func leave() {
        while let next = waiting.popFirst() { if next.wake(.ready) { return } }
        taken -= 1
    }

    /// Somebody waits no longer.
    ///
    /// - Returns: false when the place had been given already: it is to be given back.
    @discardableResult
    mutating func quit(_ suspension: Suspension) -> Bool {
        let before = waiting.count
        waiting.removeAll { $0 === suspension }
        return waiting.count < before
    }
}
