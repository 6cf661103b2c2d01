import Parley
import Synchronization

/// How many different packets came of each sender, in the order in which they were first heard of.
final class Counters: Sendable {
    private let state = Mutex<[(sender: SocketAddress, numbers: Set<UInt64>)]>([])

    func count(_ sender: SocketAddress, _ number: UInt64) {
        state.withLock { state in
            guard let place = state.firstIndex(where: { $0.sender == sender }) else {
                return state.append((sender, [number]))
            }
            state[place].numbers.insert(number)
        }
    }

    var counts: [Int] { state.withLock { $0.map(\.numbers.count) } }
}
