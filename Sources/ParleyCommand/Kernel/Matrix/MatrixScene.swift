import ParleyTypes

/// A case that is a small story of its own.
struct MatrixScene: Sendable {
    var name: String
    var question: String
    var expected: MatrixOutcome
    /// What it takes beyond a kernel; nil for nothing.
    var need: Need?
    /// Plays it on real sockets.
    var play: @Sendable (MatrixRig) throws(SocketError) -> MatrixOutcome

    enum Need: Sendable, Hashable {
        case otherUser, ipv6, privilegedPorts, slow
    }

    var fresh: MatrixCase { MatrixCase(name: name, question: question, expected: expected) }

    /// Tried once more where something else may have come in between.
    func run(_ rig: MatrixRig, isSlow: Bool) -> MatrixCase {
        var item = fresh
        switch need {
        case .otherUser? where rig.stranger == nil: item.obstacle = MatrixObstacle.otherUser
        case .ipv6? where !rig.hasIPv6: item.obstacle = MatrixObstacle.noIPv6
        case .privilegedPorts? where rig.unprivilegedPortStart < 2:
            item.obstacle = MatrixObstacle.noPrivilegedPorts
        case .privilegedPorts? where rig.stranger == nil && rig.user == 0:
            item.obstacle = MatrixObstacle.otherUser
        case .slow? where !isSlow: item.obstacle = MatrixObstacle.slow
        default:
            for _ in 1...(need == .slow ? 1 : 3) {
                do throws(SocketError) {
                    item.observed = try play(rig)
                } catch {
                    item.observed = .refused(error.code)
                }
                if !item.isWrong { break }
            }
        }
        return item
    }

    static let every = receptions + connections + closings + policies
}
