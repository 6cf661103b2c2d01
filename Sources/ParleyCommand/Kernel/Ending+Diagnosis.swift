import ParleyKernel
import ParleyText
import ParleyTypes

extension Ending {
    /// The same ending with what the kernel's tables say about it. Where they say nothing, the usual remedy stays.
    func diagnosed() async -> Ending {
        guard let error, let diagnosis = error.examined() else { return self }
        var ending = self
        ending.diagnosis = diagnosis
        if !diagnosis.remedy.isEmpty { ending.remedy = diagnosis.remedy }
        return ending
    }

    /// What follows the message on a terminal: the cause that was found, and the remedy.
    var advice: String? {
        guard let diagnosis else { return remedy }
        return [diagnosis.cause, remedy].compactMap { $0 }.joined(separator: " ")
    }

    /// All of it in one line, where it ends nothing.
    var sentence: String { [message, advice].compactMap { $0 }.joined(separator: ". ") }
}

extension Diagnosis {
    /// The member `diagnosis` of `parley.error/1`.
    var json: JSONValue {
        .object([
            .init("cause", .string(cause)),
            .init("holders", .array(holders.prefix(Self.holdersShown).map(\.json))),
            .init(
                "limits",
                .array(
                    limits.map {
                        .object([.init("name", .string($0.name)), .init("value", .string($0.value))])
                    }
                )
            ),
        ])
    }

    private static let holdersShown = 16
}

extension SocketHolder {
    /// A socket with its processes and reuse options, `null` where these are unknown.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("kind", .string(socket.kind.rawValue)),
            .init("state", .string(SocketWords.text(socket.state))),
        ]
        if let local = socket.local { members.append(.init("local", .string("\(local)"))) }
        if let remote = socket.remote { members.append(.init("remote", .string("\(remote)"))) }
        if let device { members.append(.init("interface", .string(device))) }
        if owners.isEmpty, socket.inode == 0, socket.kind == .tcp {
            members.append(.init("meaning", .string(sentence)))
        }
        if let user = socket.user { members.append(.init("uid", .integer(user))) }
        if let timer = socket.timer, timer.kind == .timeWait {
            members.append(.init("timeWaitMilliseconds", .integer(timer.milliseconds)))
        }
        members.append(.init("reuseAddress", reuse.address.map { .bool($0) } ?? .null))
        members.append(.init("reusePort", reuse.port.map { .bool($0) } ?? .null))
        members.append(.init("owners", .array(owners.map(\.json))))
        return .object(members)
    }
}

extension SocketOwner {
    /// As in `parley.socket/1`.
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("pid", .integer(process.id)), .init("name", .string(process.name)),
            .init("descriptor", .integer(descriptor)),
        ]
        if let user = process.user { members.append(.init("uid", .integer(user))) }
        if let started = process.started { members.append(.init("started", .string("\(started)"))) }
        return .object(members)
    }
}
