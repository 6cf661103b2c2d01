import ParleyKernel
import ParleyText
import ParleyTypes

/// What `parley ports PORT` says on a terminal: paragraphs, and a table of binds with numbered reasons below.
struct PortText {
    let columns: Int
    let style: Style
    private var lines: [String] = []

    init(columns: Int, style: Style) {
        self.columns = columns
        self.style = style
    }

    var rendered: String { lines.joined(separator: "\n") + "\n" }

    mutating func add(_ part: PortReport.Part, _ report: PortReport) {
        if !lines.isEmpty { lines.append("") }
        let occupancy = part.occupancy
        let name = "\(occupancy.kind.rawValue) port \(occupancy.port)"
        if occupancy.isFree {
            lines.append(style.peer(name) + " is free.")
        } else {
            lines.append(style.peer(name))
            addHolders(occupancy)
        }
        if occupancy.kind == .tcp { addQueues(part, report) } else { addReceivers(part, report) }
        addBinds(part)
    }

    // MARK: Holders

    /// More sockets than this are counted only.
    private static let holdersShown = 8

    private mutating func addHolders(_ occupancy: PortOccupancy) {
        for holder in occupancy.holders.prefix(Self.holdersShown) {
            let sentence = SafeText.line(holder.sentence)
            paragraph(
                sentence.prefix(1).uppercased() == sentence.prefix(1) || !holder.owners.isEmpty
                    ? sentence + "." : sentence.prefix(1).uppercased() + sentence.dropFirst() + ".",
                indent: 2
            )
            if holder.socket.inode != 0 { paragraph(options(holder), indent: 4) }
        }
        let rest = occupancy.sockets.dropFirst(min(Self.holdersShown, occupancy.holders.count))
        guard !rest.isEmpty, occupancy.sockets.count > Self.holdersShown else { return }
        var counts: [KernelSocket.State: Int] = [:]
        for socket in occupancy.sockets { counts[socket.state, default: 0] += 1 }
        let states = counts.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) \(SocketWords.text($0.key))" }
        paragraph(
            "And more: \(occupancy.sockets.count) sockets in all, \(states.joined(separator: ", ")).",
            indent: 2
        )
    }

    private func options(_ holder: SocketHolder) -> String {
        func word(_ value: Bool?) -> String { value.map { $0 ? "on" : "off" } ?? "unknown" }
        let text = "SO_REUSEADDR \(word(holder.reuse.address)), SO_REUSEPORT \(word(holder.reuse.port))"
        guard holder.reuse.address == nil else { return text + "." }
        guard ProcFileSystem.isMounted else { return text + "." }
        return text + ": looking at this process needs root (CAP_SYS_PTRACE)."
    }

    // MARK: Queues of listeners

    private mutating func addQueues(_ part: PortReport.Part, _ report: PortReport) {
        guard !part.listeners.isEmpty else { return }
        for queue in part.listeners.prefix(4) {
            let place = part.listeners.count > 1 ? " at \(queue.socket.local.map { "\($0)" } ?? "")" : ""
            var text =
                "Accept queue\(place): \(queue.waiting) of \(queue.waitingMax) (listen(\(queue.waitingMax - 1)) "
                + "admits one more)."
            if queue.isFull {
                text +=
                    " It is full: the server accepts too slowly, and further clients get no answer and ask again, "
                    + "every second at first."
            }
            text += " Half-open: \(queue.halfOpen)."
            paragraph(text, indent: 2)
        }
        paragraph(counted(report), indent: 2)
    }

    /// What the namespace has counted for all listeners, and what it means.
    private func counted(_ report: PortReport) -> String {
        let counters = report.counters
        var text = "Of all listeners of this network namespace "
        switch counters.acceptQueueOverflows {
        case nil: text += "it is not known whether one has overflowed"
        case 0?: text += "none has overflowed"
        case let overflows?:
            text +=
                "\(overflows) complete connection\(overflows == 1 ? "" : "s") met a full queue (ListenOverflows): "
                + "accept faster, or raise the backlog (?backlog=, capped by \(Self.cap(.acceptQueueMax)))"
        }
        text += ". "
        let sent = counters.cookiesSent ?? 0
        switch KernelLimit.cookies.value {
        case 0?:
            let drops = counters.halfOpenDrops ?? 0
            text += "SYN cookies are off (net.ipv4.tcp_syncookies = 0)"
            text += drops > 0 ? ", and \(drops) SYNs were dropped for want of room" : ""
            text += ": a flood of SYNs keeps honest clients out; `sysctl -w net.ipv4.tcp_syncookies=1`."
        case 2?: text += "SYN cookies are sent to everybody (net.ipv4.tcp_syncookies = 2); sent \(sent)."
        case nil: text += "SYN cookies: unknown."
        default:
            text += "SYN cookies are on for when the half-open queue is full, "
            text +=
                sent == 0
                ? "and none was needed."
                : "and \(sent) were sent, of which \(counters.cookiesReceived ?? 0) came back: a flood, or a "
                    + "backlog that is too short."
        }
        return text
    }

    // MARK: Receivers of datagrams

    private mutating func addReceivers(_ part: PortReport.Part, _ report: PortReport) {
        guard !part.occupancy.isFree else { return }
        var groups: [(reception: Reception, destinations: [String])] = []
        for arrival in part.receptions {
            let name = arrival.destination.ip.map { "\($0)" } ?? ""
            if let index = groups.firstIndex(where: { $0.reception == arrival.reception }) {
                groups[index].destinations.append(name)
            } else {
                groups.append((arrival.reception, [name]))
            }
        }
        for group in groups {
            let names = group.destinations
            let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and others" : "")
            paragraph("A datagram to \(shown): \(sentence(group.reception, part.occupancy))", indent: 2)
        }
        let drops = part.occupancy.sockets.reduce(0) { $0 + Int($1.drops ?? 0) }
        let waiting = part.occupancy.sockets.reduce(0) { $0 + Int($1.receiveQueue) }
        var text = "Waiting to be read: \(waiting) bytes. "
        text +=
            drops == 0
            ? "These sockets have lost nothing to a full queue."
            : "These sockets lost at least \(drops) datagrams, mostly to a full queue: read faster, or ask for a "
                + "longer one (?rcvbuf=, capped by \(Self.cap(.receiveBufferMax)))."
        if let lost = report.counters.receiveQueueDrops, let homeless = report.counters.datagramsWithoutPort {
            text +=
                " In this network namespace at least \(lost) datagrams have met a full receive queue, and "
                + "\(homeless) a port that nobody had."
        }
        paragraph(text, indent: 2)
    }

    /// `net.core.somaxconn = 4096`, the name alone where the number cannot be read.
    private static func cap(_ limit: KernelLimit) -> String {
        limit.rawValue + (limit.value.map { " = \($0)" } ?? "")
    }

    private func sentence(_ reception: Reception, _ occupancy: PortOccupancy) -> String {
        func name(_ socket: KernelSocket) -> String {
            let holder = occupancy.holder(of: socket)
            let place = socket.local.map { " at \($0)" } ?? ""
            guard let process = holder.owners.first?.process else { return "the socket\(place)" }
            return SafeText.line("\(process.name) (pid \(process.id))\(place)")
        }
        func names(_ sockets: [KernelSocket]) -> String {
            sockets.prefix(4).map(name).joined(separator: ", ") + (sockets.count > 4 ? " and others" : "")
        }
        switch reception {
        case .nobody: return "nobody receives it, and the sender learns ECONNREFUSED."
        case .one(let socket): return "\(name(socket)) receives it."
        case .spread(let sockets):
            return
                "one of these, by a hash of both addresses and ports, so that a peer always meets the same: "
                + "\(names(sockets))."
        case .everyone(let certain, let perhaps):
            var text = certain.isEmpty ? "" : "a copy each for \(names(certain))."
            if !perhaps.isEmpty {
                text += "\(text.isEmpty ? "" : " ")Where they are members, a copy each for \(names(perhaps))."
            }
            return text.isEmpty ? "nobody receives it." : text
        case .unknown(let sockets):
            return "unknown, because it depends on options that cannot be seen; one of \(names(sockets))."
        }
    }

    // MARK: Binds

    private mutating func addBinds(_ part: PortReport.Part) {
        guard !part.trials.isEmpty else {
            paragraph("No bind of this kind is possible under that policy there.", indent: 2)
            return
        }
        var policies: [PortReuse] = []
        var rows: [(place: String, cells: [PortReuse: String])] = []
        var reasons: [String] = []
        for trial in part.trials {
            if !policies.contains(trial.policy) { policies.append(trial.policy) }
            let place = trial.isDual ? "every address" : trial.address.ip.map { "\($0)" } ?? ""
            if rows.last?.place != place { rows.append((place, [:])) }
            rows[rows.count - 1].cells[trial.policy] = cell(trial.verdict, part.occupancy, &reasons)
        }
        let width = max(13, rows.map(\.place.count).max() ?? 0) + 2
        lines.append(
            "  " + style.faint(pad("bind", width) + policies.map { pad($0.rawValue, 14) }.joined().trimmed)
        )
        for row in rows {
            let cells = policies.map { pad(row.cells[$0] ?? "-", 14) }.joined()
            lines.append("  " + (pad(row.place, width) + cells).trimmed)
        }
        for (index, reason) in reasons.enumerated() {
            paragraph("(\(index + 1)) " + reason, indent: 2, hanging: 6)
        }
    }

    /// `yes`, or `no (1)` with the reason noted.
    private func cell(_ verdict: BindVerdict, _ occupancy: PortOccupancy, _ reasons: inout [String]) -> String
    {
        guard let reason = occupancy.explain(verdict, isShort: true) else { return "yes" }
        let text = SafeText.line("\(reason)")
        let index = reasons.firstIndex(of: text) ?? reasons.count
        if index == reasons.count { reasons.append(text) }
        if case .depends = verdict { return "unknown (\(index + 1))" }
        return "no (\(index + 1))"
    }

    // MARK: Text

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// Words in lines of the terminal's width.
    private mutating func paragraph(_ text: String, indent: Int, hanging: Int? = nil) {
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = String(repeating: " ", count: hanging ?? indent)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        lines.append(line)
    }
}

extension String {
    /// Without blanks at the end.
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
