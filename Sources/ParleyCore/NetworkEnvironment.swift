internal import ParleyEventLoop
public import ParleyNetwork
public import ParleyTypes

/// Which network mailboxes, connections and listeners are opened on: the kernel's, unless the task says
/// otherwise.
///
///     try await withNetwork(simulation) {
///         let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))    // on the simulated network
///         for try await letter in inbox { await store(letter.message) }
///     }
public enum NetworkEnvironment {
    /// The network of the current task; nil means the kernel's. Read once, when something is opened.
    @TaskLocal public static var network: (any Network)?

    /// The network that something is opened on now. The one place that composes networks: the task's own, or
    /// else the kernel's.
    public static var current: any Network { network ?? KernelNetwork.shared }
}

/// Runs `body`, and the child tasks that it starts, on `network`: what it opens is opened there, and its code
/// runs where the network wants it, on a simulation's clock or close to the sockets' thread. Setting
/// ``NetworkEnvironment/network`` alone leaves the code where it ran before.
public func withNetwork<Result, Failure: Error>(
    _ network: any Network,
    _ body: () async throws(Failure) -> Result
) async throws(Failure) -> Result {
    let outcome = await NetworkEnvironment.$network.withValue(network) {
        await withTaskExecutorPreference(network.executor) { () async -> Swift.Result<Result, Failure> in
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
    }
    return try outcome.get()
}

/// Runs `body`, and the child tasks that it starts, on the network's own thread: a message that comes wakes
/// one thread instead of two, which about halves the time of a round trip.
///
/// For programs that mostly wait for messages and answer quickly. Code that computes for long or blocks
/// delays every socket of the network; such code belongs elsewhere (`@concurrent`, an actor). Code that is
/// isolated to an actor, the main actor included, runs where that actor runs, as ever.
public func withNetworkExecutor<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
) async throws(Failure) -> Result {
    try await withTaskExecutorPreference(NetworkEnvironment.current.executor, operation: body)
}

extension NetworkEnvironment {
    /// The endpoint, with its transport where that shows only when a socket is looked at that this process was
    /// started with (``Endpoint/inherited``). Mailboxes and listeners do it by themselves; a program asks that
    /// must choose between them.
    ///
    /// - Throws: ``ParleyError/socket(_:)`` when there is no such socket.
    public static func settled(_ endpoint: Endpoint) throws(ParleyError) -> Endpoint {
        try current.settle(endpoint)
    }
}

extension Network {
    func settle(_ endpoint: Endpoint) throws(ParleyError) -> Endpoint {
        do throws(SocketError) { return try settled(endpoint) } catch { throw ParleyError(error) }
    }
}
