public import ParleyLinks
internal import ParleyTypes
internal import Synchronization

/// A way of packets in a ``SimulatedNetwork``, in one direction or both: what can be done to it while a program runs.
public struct SimulatedLink: Sendable {
    private let loop: SimulationLoop
    /// One for each direction.
    private let links: [Int32]

    init(_ loop: SimulationLoop, _ links: [Int32]) {
        self.loop = loop
        self.links = links
    }

    /// What it is like; of a link of two directions, both are set and the first is told. From then on it no longer
    /// follows ``SimulatedNetwork/conditions``.
    public var conditions: LinkConditions {
        get { loop.world.withLock { $0.links[Int(links[0])].engine.conditions } }
        nonmutating set {
            each { link, world in
                world.links[Int(link)].isOwn = true
                world.change(link) { $0.conditions = newValue }
            }
        }
    }

    /// Changes what it is like, each direction by itself.
    ///
    ///     network.link(network.host("client"), network.host("server")).change { $0.loss = .random(0.1) }
    public func change(_ body: (inout LinkConditions) -> Void) {
        each { link, world in
            world.links[Int(link)].isOwn = true
            world.change(link) { body(&$0.conditions) }
        }
    }

    /// Loses everything from now on, until ``heal()``. In one direction alone where the link is.
    public func partition() { setPassage(.partitioned) }

    /// Keeps everything from now on, until ``release()``.
    public func hold() { setPassage(.held) }

    /// Lets go on what was held, in order, and what comes; the same as ``heal()``.
    public func release() { setPassage(.open) }

    /// Ends a partition; the same as ``release()``.
    public func heal() { setPassage(.open) }

    /// Lets nothing leave its queue for a while: what comes meanwhile waits, as far as the queue has room.
    public func clog(for duration: Duration) {
        each { link, world in
            let end = world.now.advanced(by: duration)
            world.change(link) { $0.clog(until: end) }
        }
    }

    /// Loses the packets that a rule picks, besides what the conditions say; nil: none any more.
    ///
    ///     link.lose { $0.destination.port == 8089 && $0.number % 10 == 9 }    // every tenth datagram to port 8089
    ///
    /// - Parameter rule: called for every packet that enters, while the network is being changed: it decides by what it
    ///   is given, and must not ask the network for anything.
    public func lose(where rule: (@Sendable (SimulatedPacket) -> Bool)?) {
        // What an old rule holds goes without the lock.
        var old: [Any] = []
        each { link, world in
            old.append(world.links[Int(link)].rule as Any)
            world.links[Int(link)].rule = rule
        }
        withExtendedLifetime(old) {}
    }

    /// What became of the packets; those of both directions together.
    public var statistics: LinkStatistics {
        var sum = LinkStatistics()
        each { link, world in sum += world.links[Int(link)].engine.statistics }
        return sum
    }

    private func setPassage(_ passage: Passage) {
        each { link, world in world.change(link) { $0.passage = passage } }
    }

    private func each(_ body: (Int32, inout World) -> Void) {
        loop.world.withLock { world in for link in links { body(link, &world) } }
    }
}
