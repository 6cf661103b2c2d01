import ParleyCore
import ParleyTypes

/// What has come already when a signal ends the work: it is not lost because nobody looked.
enum LastLook {
    /// More than a queue holds, and longer than taking all of it should need: whoever goes on sending does not keep
    /// the command from its end.
    private static let messagesMax = 65_536
    private static let timeMax = Duration.seconds(1)

    /// Takes one after another until nothing is there, in a task of its own: that of the caller is cancelled, and a
    /// cancelled task is handed nothing.
    ///
    /// - Parameter step: takes one; false when there is none, or no more is wanted.
    static func take(_ step: @escaping @Sendable () async -> Bool) async {
        guard case .signal? = Stop.shared.reason else { return }
        await Task {
            let deadline = NetworkEnvironment.now.advanced(by: timeMax)
            for _ in 0..<messagesMax {
                guard NetworkEnvironment.now < deadline, await step() else { return }
            }
        }.value
    }
}
