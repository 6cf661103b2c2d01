public import ParleyNetwork

/// Which network mailboxes, connections and listeners are opened on: the kernel's, unless the task says
/// otherwise.
///
///     await NetworkEnvironment.$network.withValue(simulation) {
///         let inbox = try await Mailbox(Score.self, at: .udp(port: 8089))    // on the simulated network
///     }
public enum NetworkEnvironment {
    /// The network of the current task; nil means the kernel's. Read once, when something is opened.
    @TaskLocal public static var network: (any Network)?
}
