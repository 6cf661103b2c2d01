internal import ParleyTypes

/// Sockets in the way of a bind, in words: who they are, why they are in the way, and what to change on which side.
struct ObstacleExplanation {
    var cause: String
    var remedy: String

    /// - Parameters:
    ///   - found: At least one, the most important first.
    ///   - isShort: Whether the holders have been introduced already.
    init(_ found: [(holder: SocketHolder, reason: BindVerdict.Reason)], isShort: Bool = false) {
        let (first, reason) = found[0]
        var sentences = isShort && !first.owners.isEmpty ? first.shortSentence : first.sentenceFirst
        let rest = found.count - 1
        if rest == 1 {
            let second = found[1].holder
            sentences += ", and \(isShort ? second.shortSentence : second.sentence)"
        } else if rest > 1 {
            sentences += ", and \(rest) other sockets are in the way"
        }
        cause = sentences + Self.why(first, reason)
        remedy = Self.remedy(first, reason)
    }

    /// What decides where an option of the other side is not known: `yes if nginx has set SO_REUSEPORT, no otherwise`.
    static func condition(_ holder: SocketHolder, _ reason: BindVerdict.Reason) -> String {
        let name = holder.owners.isEmpty ? "that socket" : holder.shortName
        let what =
            switch reason {
            case .listens, .needsReusePort: "\(name) has set SO_REUSEPORT before its bind"
            case .needsReuseAddress: "\(name) has set SO_REUSEADDR before its bind"
            case .otherUser: "\(name) belongs to the same user"
            case .mayTakeIPv4: "\(name) has IPV6_V6ONLY"
            }
        return "yes if \(what), no otherwise"
    }

    /// The rule, as the end of the sentence.
    private static func why(_ holder: SocketHolder, _ reason: BindVerdict.Reason) -> String {
        switch reason {
        case .listens: return "; only a listening socket blocks a restart."
        case .needsReuseAddress(let ours, let theirs) where holder.socket.kind == .tcp:
            let side =
                ours && theirs
                ? (holder.reuse.address == nil ? "the new one has not" : "neither has")
                : ours ? "the new one has not" : other(holder)
            return "; both sockets need SO_REUSEADDR to share a port with it, and \(side)."
        case .needsReuseAddress, .needsReusePort:
            return "; a port is shared only where both sides allow it."
        case .otherUser(let user):
            let theirs = user.map { " is of user \(UserName.of($0))" } ?? " is of a user who is not known"
            return
                "; SO_REUSEPORT shares among sockets of one user only: that one\(theirs), this process of user "
                + "\(UserName.own)."
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
        case .needsReuseAddress(let ours, let theirs)
        where holder.socket.kind == .tcp && holder.socket.state != .listen:
            return forRestart(holder, ours: ours, theirs: theirs)
        case .needsReuseAddress where holder.socket.local?.isMulticast == true:
            return "Let both be members of the group (SO_REUSEADDR, ?reuse=group), or choose another port."
        case .mayTakeIPv4: return "\(stop), or choose another port."
        case .needsReusePort where holder.socket.state == .timeWait:
            return
                "Wait \(wait(holder)), choose another port, or set SO_REUSEADDR instead (?reuse=restartable), which "
                + "helps where the old socket had it: that cannot be seen any more."
        default: return "\(stop), choose another port, or \(sharing(holder, reason))."
        }
    }

    /// Until it is forgotten: `43 s`.
    private static func wait(_ holder: SocketHolder) -> String {
        holder.socket.timer.map { "\($0.remaining.components.seconds + 1) s" } ?? "60 s"
    }

    /// What would let both sockets have the port, and on which side something is missing.
    private static func sharing(_ holder: SocketHolder, _ reason: BindVerdict.Reason) -> String {
        let name = holder.shortName
        var isOurs = true
        if case .needsReusePort(let ours, _) = reason { isOurs = ours }
        if case .needsReuseAddress = reason, holder.reuse.port == true {
            return "set SO_REUSEPORT (?reuse=loadBalanced) here, under the same user: \(name) has set it"
        }
        switch (isOurs, holder.reuse.port) {
        case (true, true?):
            return "set SO_REUSEPORT (?reuse=loadBalanced) here, under the same user: \(name) has set it"
        case (false, false?):
            return
                "let \(name) set SO_REUSEPORT too (?reuse=loadBalanced), before its bind and under the same user"
        case (_, nil):
            return
                "let both set SO_REUSEPORT (?reuse=loadBalanced) under one user (whether \(name) does cannot be "
                + "seen \(Phrase.withoutRights))"
        default:
            return "let both set SO_REUSEPORT (?reuse=loadBalanced) under one user (\(name) does not)"
        }
    }

    private static func forRestart(_ holder: SocketHolder, ours: Bool, theirs: Bool) -> String {
        var options: [String] = []
        if holder.socket.state == .timeWait {
            options.append("wait \(wait(holder))")
        } else {
            options.append(
                holder.owners.first.map { "end the connection (`kill \($0.process.id)`)" }
                    ?? "wait for its end"
            )
        }
        options.append("choose another port")
        if ours { options.append("set SO_REUSEADDR before bind (?reuse=restartable)") }
        if theirs, !ours || holder.reuse.address == false {
            options.append("let that server set SO_REUSEADDR before its bind, the next time")
        }
        return Phrase.capitalized(Phrase.list(options, "or")) + "."
    }
}
