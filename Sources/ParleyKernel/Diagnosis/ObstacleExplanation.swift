internal import ParleyTypes

/// Sockets in the way of a bind, in words: who they are, why they are in the way, and what to change on which side.
struct ObstacleExplanation {
    var cause: String
    var remedy: String

    /// - Parameter found: At least one, the most important first.
    init(_ found: [(holder: SocketHolder, reason: BindVerdict.Reason)]) {
        let (first, reason) = found[0]
        var sentences = Phrase.capitalized(first.sentence)
        let rest = found.count - 1
        if rest == 1 {
            sentences += ", and \(found[1].holder.sentence)"
        } else if rest > 1 {
            sentences += ", and \(rest) other sockets are in the way"
        }
        cause = sentences + Self.why(first, reason)
        remedy = Self.remedy(first, reason)
    }

    /// The rule, as the end of the sentence.
    private static func why(_ holder: SocketHolder, _ reason: BindVerdict.Reason) -> String {
        switch reason {
        case .listens: return "; only a listening socket blocks a restart."
        case .needsReuseAddress(let ours, let theirs) where holder.socket.kind == .tcp:
            let side =
                ours && theirs ? "neither has" : ours ? "the new one has not" : Self.other(holder)
            return "; both sockets need SO_REUSEADDR for that, and \(side)."
        case .needsReuseAddress, .needsReusePort:
            return "; a port is shared only where both sides allow it."
        case .otherUser(let user):
            let name = user.map { ", of user \(UserName.of($0))" } ?? ""
            return "\(name); SO_REUSEPORT shares among sockets of one user only."
        case .mayTakeIPv4: return ", which takes IPv4 peers too unless it has IPV6_V6ONLY."
        }
    }

    private static func other(_ holder: SocketHolder) -> String {
        holder.reuse.address == nil ? "the old one may not have" : "the old one has not"
    }

    private static func remedy(_ holder: SocketHolder, _ reason: BindVerdict.Reason) -> String {
        let stop = holder.owners.first.map { "Stop it (`kill \($0.process.id)`)" } ?? "Stop it"
        switch reason {
        case .otherUser: return "\(stop), choose another port, or run both under one user."
        case .needsReuseAddress(let ours, let theirs) where holder.socket.kind == .tcp && holder.socket.state != .listen:
            return forRestart(holder, ours: ours, theirs: theirs)
        case .needsReuseAddress where holder.socket.local?.isMulticast == true:
            return "Let both be members of the group (SO_REUSEADDR, ?reuse=group), or choose another port."
        case .mayTakeIPv4: return "\(stop), or choose another port."
        default:
            return "\(stop), choose another port, or let both set SO_REUSEPORT (?reuse=loadBalanced) under one user"
                + "\(knowledge(holder))."
        }
    }

    private static func forRestart(_ holder: SocketHolder, ours: Bool, theirs: Bool) -> String {
        var options: [String] = []
        if holder.socket.state == .timeWait {
            let seconds = holder.socket.timer.map { "\($0.remaining.components.seconds + 1) s" } ?? "60 s"
            options.append("wait \(seconds)")
        } else {
            options.append(holder.owners.first.map { "end the connection (`kill \($0.process.id)`)" } ?? "wait for its end")
        }
        options.append("choose another port")
        if ours { options.append("set SO_REUSEADDR before bind (?reuse=restartable)") }
        if theirs { options.append("let that server set SO_REUSEADDR before its bind, the next time") }
        return Phrase.capitalized(Phrase.list(options, "or")) + "."
    }

    /// Whether the other side shares, in brackets.
    private static func knowledge(_ holder: SocketHolder) -> String {
        switch holder.reuse.port {
        case nil: " (whether \(holder.shortName) does cannot be seen without root)"
        case true?: " (\(holder.shortName) does)"
        case false?: " (\(holder.shortName) does not)"
        }
    }
}
