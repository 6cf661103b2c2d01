import ParleyHeaders
import ParleySockets
import ParleyText
import ParleyTypes

/// Answers of the kernel as a table: what is there by family and type, what is not by name.
struct FamilyMatrix {
    private let answers: [FamilyAnswer]

    init(_ answers: [FamilyAnswer]) {
        self.answers = answers
    }

    /// Families by types, protocols over IP, families that are absent.
    var lines: [[TextSpan]] {
        matrix + [[]] + protocols + [[]] + absent + notes
    }

    /// A line for each shape, below its family.
    var details: [[TextSpan]] {
        let width = answers.map(\.shape.fullName.count).max() ?? 0
        var lines: [[TextSpan]] = []
        for (index, answer) in answers.enumerated() {
            if index > 0, answers[index - 1].shape.family != answer.shape.family { lines.append([]) }
            lines.append([
                TextSpan(Columns.pad(answer.shape.fullName, width + 2)),
                TextSpan(answer.sentence, Self.ink(answer)),
            ])
        }
        return lines
    }

    private var matrix: [[TextSpan]] {
        let columns = FamilyChoice.kindColumns
        var rows = Columns(["FAMILY"] + columns.map { $0.name.uppercased() })
        for family in families where answers(of: family).contains(where: \.isPresent) {
            rows.add(
                [TextSpan("\(family)")]
                    + columns.map { column in
                        Self.cell(answers(of: family).filter { $0.shape.kind == column.kind })
                    }
            )
        }
        return rows.lines
    }

    /// The best of several protocols; the others stand in the table of protocols.
    private static func cell(_ answers: [FamilyAnswer]) -> TextSpan {
        if answers.contains(where: { $0.verdict == .works }) { return TextSpan("works") }
        if let answer = answers.first(where: \.isPresent) { return TextSpan("right", ink(answer)) }
        return TextSpan("-", .faint)
    }

    private var protocols: [[TextSpan]] {
        var rows = Columns(["PROTOCOL", "TYPE", "AF_INET", "AF_INET6", "NEEDS"])
        for answer in answers(of: .ipv4) {
            guard let name = answer.shape.protocolName else { continue }
            let six = answers(of: .ipv6).first { other in
                other.shape.kind == answer.shape.kind
                    && (other.shape.protocolNumber == answer.shape.protocolNumber
                        || answer.shape.protocolNumber == IPProtocol.icmp.rawValue
                            && other.shape.protocolNumber == IPProtocol.icmpv6.rawValue)
            }
            let isPing = name == "\(IPProtocol.icmp)"
            rows.add([
                TextSpan(isPing ? name + "[V6]" : name),
                TextSpan(answer.shape.kind.rawValue == 6 ? "DCCP" : "\("\(answer.shape.kind)".dropFirst(5))"),
                Self.word(answer), six.map(Self.word) ?? TextSpan("-", .faint),
                TextSpan(answer.need.isEmpty ? six?.need ?? "" : answer.need, .faint),
            ])
        }
        return rows.lines
    }

    private var absent: [[TextSpan]] {
        var rows = Columns(["ABSENT", "NEEDS"])
        for family in families where !answers(of: family).contains(where: \.isPresent) {
            let needs = answers(of: family).map(\.need)
            rows.add([TextSpan("\(family)"), TextSpan(needs.first ?? "", .faint)])
        }
        return rows.lines
    }

    private var notes: [[TextSpan]] {
        let rights = answers.filter { if case .lacksRight = $0.verdict { true } else { false } }
        guard !rights.isEmpty else { return [] }
        var names: [String] = []
        for need in rights.map(\.need) where !names.contains(need) { names.append(need) }
        return [
            [],
            [
                TextSpan(
                    "right: the kernel has it, and this process lacks \(Phrase.list(names)); "
                        + "`parley families FAMILY` tells more.",
                    .faint
                )
            ],
        ]
    }

    private var families: [SocketFamily] {
        var families: [SocketFamily] = []
        for answer in answers where !families.contains(answer.shape.family) {
            families.append(answer.shape.family)
        }
        return families
    }

    private func answers(of family: SocketFamily) -> [FamilyAnswer] {
        answers.filter { $0.shape.family == family }
    }

    private static func word(_ answer: FamilyAnswer) -> TextSpan {
        switch answer.verdict {
        case .works: TextSpan("works")
        case .lacksRight: TextSpan("right", ink(answer))
        case .absent: TextSpan("absent", ink(answer))
        }
    }

    private static func ink(_ answer: FamilyAnswer) -> TextSpan.Ink {
        switch answer.verdict {
        case .works: .plain
        case .lacksRight: .mark
        case .absent: .faint
        }
    }
}
