import ParleyKernel
import ParleyText
import ParleyTypes

/// `parley ports PORT`: who holds a port, and what a bind would meet there.
struct PortAnswer {
    let port: UInt16
    let question: PortReport.Question
    let console: Console

    init(_ port: UInt16, _ question: PortReport.Question, _ console: Console) {
        self.port = port
        self.question = question
        self.console = console
    }

    func run() async throws {
        guard port > 0 else {
            throw Ending(
                .usage,
                "that is no port: 0 lets the system choose one, and the highest is 65535",
                remedy: "Give a port from 1 to 65535."
            )
        }
        // Where nothing can be listed, that is the answer; the report leaves out what cannot, and it is said.
        let listing = try KernelSockets.read(Set(question.kinds), port: port)
        for kind in question.kinds {
            if let error = listing.unlisted[kind] { console.remark("\(kind.rawValue): \(error)") }
        }
        let report = PortReport.read(port, question)
        if !ProcFileSystem.isMounted {
            console.remark(
                "processes, their options, counters and limits are not known: /proc is not mounted"
            )
        }
        if console.isJSON {
            for part in report.parts { try console.write("\(part.json(report))\n") }
        } else {
            var text = PortText(columns: min(console.columns, 100), style: console.style)
            for part in report.parts { text.add(part, report) }
            try console.write(text.rendered)
        }
    }
}

extension PortReport.Part {
    /// `parley.port/1`
    func json(_ report: PortReport) -> JSONLine {
        var members: [JSONValue.Member] = [
            .init("port", .integer(report.port)), .init("kind", .string(occupancy.kind.rawValue)),
            .init("holders", .array(occupancy.holders.map(\.json))), .init("binds", .array(trials.map(json))),
        ]
        if occupancy.kind == .tcp {
            members.append(.init("listeners", .array(listeners.map(\.json))))
        } else {
            members.append(.init("receivers", .array(receptions.map(json))))
        }
        let counters = Self.counterNames(occupancy.kind).compactMap { name in
            report.counters[name].map { JSONValue.Member(name, .integer($0)) }
        }
        members.append(.init("counters", .object(counters)))
        return JSONLine(schema: "parley.port/1", members)
    }

    private static func counterNames(_ kind: KernelSocket.Kind) -> [String] {
        guard kind == .tcp else {
            return [
                "Udp.NoPorts", "Udp.InErrors", "Udp.RcvbufErrors", "Udp.SndbufErrors", "Udp6.NoPorts",
                "Udp6.InErrors", "Udp6.RcvbufErrors", "Udp6.SndbufErrors",
            ]
        }
        return [
            "TcpExt.ListenOverflows", "TcpExt.ListenDrops", "TcpExt.SyncookiesSent", "TcpExt.SyncookiesRecv",
            "TcpExt.SyncookiesFailed", "TcpExt.TCPReqQFullDrop", "TcpExt.TCPReqQFullDoCookies",
            "TcpExt.TCPBacklogDrop",
        ]
    }

    private func json(_ trial: PortReport.Trial) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("address", .string("\(trial.address.ip.map { "\($0)" } ?? "")")),
            .init("dual", .bool(trial.isDual)),
            .init("policy", .string(trial.policy.rawValue)), .init("verdict", .string(trial.verdict.word)),
        ]
        if case .fails(let code, _) = trial.verdict { members.append(.init("error", .string(code.name))) }
        if case .refused(let code, _) = trial.verdict { members.append(.init("error", .string(code.name))) }
        if let reason = occupancy.explain(trial.verdict) {
            members.append(.init("cause", .string(reason.cause)))
            members.append(.init("remedy", .string(reason.remedy)))
        }
        return .object(members)
    }

    private func json(_ arrival: PortReport.Arrival) -> JSONValue {
        let sockets = arrival.reception.named
        return .object([
            .init("destination", .string("\(arrival.destination)")),
            .init("reception", .string(arrival.reception.word)),
            .init("receivers", .array(sockets.map { occupancy.holder(of: $0).json })),
        ])
    }
}

extension PortReport.ListenerQueue {
    fileprivate var json: JSONValue {
        .object([
            .init("local", .string(socket.local.map { "\($0)" } ?? "")), .init("waiting", .integer(waiting)),
            .init("waitingMax", .integer(waitingMax)), .init("halfOpen", .integer(halfOpen)),
        ])
    }
}

extension BindVerdict {
    /// The word of `parley.port/1`.
    var word: String {
        switch self {
        case .succeeds: "succeeds"
        case .fails: "fails"
        case .refused: "refused"
        case .depends: "depends"
        }
    }
}

extension Reception {
    /// The word of `parley.port/1`.
    var word: String {
        switch self {
        case .nobody: "nobody"
        case .one: "one"
        case .spread: "spread"
        case .everyone: "everyone"
        case .unknown: "unknown"
        }
    }

    /// The sockets that it names.
    var named: [KernelSocket] {
        switch self {
        case .nobody: []
        case .one(let socket): [socket]
        case .spread(let sockets), .unknown(let sockets): sockets
        case .everyone(let certain, let perhaps): certain + perhaps
        }
    }
}
