internal import Glibc
internal import Synchronization

/// The lock of a world. Who comes back to it from inside is told what is wrong, instead of waiting for itself.
final class WorldLock: Sendable {
    private let world: Mutex<World>
    private let owner = Atomic<UInt>(0)

    init(_ world: consuming sending World) {
        self.world = Mutex(world)
    }

    func withLock<Result, Failure: Error>(
        _ body: (inout World) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let thread = UInt(pthread_self())
        precondition(
            owner.load(ordering: .relaxed) != thread,
            "a rule of SimulatedLink.lose(where:) decides by the packet alone: it must not ask the network for anything"
        )
        return try world.withLock { (world) throws(Failure) in
            owner.store(thread, ordering: .relaxed)
            defer { owner.store(0, ordering: .relaxed) }
            return try body(&world)
        }
    }
}
