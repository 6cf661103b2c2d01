internal import ParleySockets
internal import Synchronization

/// The arguments of a port's last sendmmsg(2), kept for the next. Senders that meet make others, which go with them.
final class SendRoom: Sendable {
    private final class Arguments: @unchecked Sendable {
        // Sendable by hand: one sender at a time has them.
        var value = SendArguments()
    }

    private let kept = Mutex<Arguments?>(nil)

    func lend<Result, Failure: Error>(
        _ body: (inout SendArguments) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let arguments = kept.withLock { $0.take() } ?? Arguments()
        defer { kept.withLock { $0 = arguments } }
        return try body(&arguments.value)
    }
}
