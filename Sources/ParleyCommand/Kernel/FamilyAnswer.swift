import ParleySockets
import ParleyText
import ParleyTypes

/// What the kernel said when it was asked for one shape of socket.
struct FamilyAnswer {
    var shape: SocketShape
    var verdict: SocketSupport.Verdict

    init(_ shape: SocketShape, _ verdict: SocketSupport.Verdict) {
        self.shape = shape
        self.verdict = verdict
    }

    var isPresent: Bool {
        if case .absent = verdict { false } else { true }
    }

    private var error: SocketError? {
        switch verdict {
        case .works: nil
        case .lacksRight(let error), .absent(let error): error
        }
    }

    /// The option of the kernel's configuration that is missing, where that is the reason.
    var feature: KernelFeature? {
        guard case .absent(let error) = verdict else { return nil }
        switch error.code {
        case .addressFamilyNotSupported, .protocolFamilyNotSupported:
            return KernelFeature.family(shape.family.rawValue)
        case .protocolNotSupported, .socketTypeNotSupported:
            guard shape.family == .ipv4 || shape.family == .ipv6 else { return nil }
            return KernelFeature.ipProtocol(shape.protocolNumber)
        default: return nil
        }
    }

    var right: String? { error?.missingRight }

    /// What it needs, in a few words; empty where it works.
    var need: String {
        switch verdict {
        case .works: return ""
        case .lacksRight(let error): return error.missingRight ?? "\(error.code.name), by seccomp or the like"
        case .absent(let error):
            if let feature {
                return feature.option + (feature.goneSince.map { ", gone since Linux \($0)" } ?? "")
            }
            return error.code.name
        }
    }

    /// The whole verdict, with the remedy.
    var sentence: String {
        switch verdict {
        case .works: return "works"
        case .lacksRight(let error):
            guard let right else {
                return
                    "refused (\(error.code.name)): no right is known that it needs; a filter of this process "
                    + "(seccomp) or a security module forbids it"
            }
            return "lacks a right: \(right). \(remedy(error))"
        case .absent(let error): return "absent (\(error.code.name)). \(error.remedy)"
        }
    }

    private func remedy(_ error: SocketError) -> String {
        guard let right, right.hasPrefix("CAP_") else { return error.remedy }
        return "Run as root, or give it by `setcap \(right.lowercased())+ep PROGRAM`."
    }

    /// `parley.families/1`
    var json: JSONLine {
        let word: String
        var members: [JSONValue.Member] = [
            .init("family", .string("\(shape.family)")),
            .init("type", .string("\(shape.kind)")),
            .init("protocol", shape.protocolName.map { .string($0) } ?? .null),
            .init(
                "numbers",
                .array(
                    [shape.family.rawValue, shape.kind.rawValue, shape.protocolNumber].map { .integer($0) }
                )
            ),
        ]
        switch verdict {
        case .works: word = "works"
        case .lacksRight: word = "lacks-right"
        case .absent: word = "absent"
        }
        members.append(.init("verdict", .string(word)))
        members.append(.init("error", error.map { .string($0.code.name) } ?? .null))
        members.append(.init("right", right.map { .string($0) } ?? .null))
        members.append(.init("option", feature.map { .string($0.option) } ?? .null))
        members.append(.init("goneSince", feature?.goneSince.map { .string($0) } ?? .null))
        return JSONLine(schema: "parley.families/1", members)
    }
}
