import ParleyKernel
import ParleyTypes

/// docs/port-reuse.md: what is said about sharing ports, and what is true. The tables come from the rules, as the cases
/// of the truth table expect them, so that the page cannot say what the kernel does not do.
struct MatrixPage {
    private(set) var text = ""
    /// Cases and their beginnings that the page points to.
    private(set) var paths: [String] = []

    static let text = MatrixPage().text

    init() {
        start()
        addRestart()
        addListeners()
        addAddresses()
        addDatagrams()
        addSpreading()
        addGroups()
        addConnections()
        addPolicies()
        addOtherSystems()
        text.removeLast()
    }

    // MARK: Pieces

    mutating func add(_ paragraph: String) {
        text += paragraph + "\n\n"
    }

    /// What is often said, and what is true.
    mutating func add(said: String, truth: String) {
        text += "> **Often said:** \(said)\n\n**True:** \(truth)\n\n"
    }

    /// The line that proves what stands above it.
    ///
    /// - Parameter isNext: Whether it follows another such line.
    mutating func proof(_ path: String, isNext: Bool = false) {
        paths.append(path)
        if isNext { text.removeLast() }
        text += "    parley ports --matrix --only \(path)\n\n"
    }

    /// Sixteen cases: what the old socket set, by what the new one sets.
    mutating func grid(_ old: BindGrid.Old, _ pair: String = "same", isOtherUser: Bool = false) {
        guard
            let grid = MatrixGrid.every.first(where: {
                $0.plan.old == old && $0.plan.pair.name == pair && $0.isOtherUser == isOtherUser
            })
        else { return }
        text += "| old \\ new | neither | `SO_REUSEADDR` | `SO_REUSEPORT` | both |\n|---|---|---|---|---|\n"
        for (row, name) in ["neither", "`SO_REUSEADDR`", "`SO_REUSEPORT`", "both"].enumerated() {
            let cells = grid.cases[(row * 4)..<(row * 4 + 4)].map { Self.word($0.expected) }
            text += "| \(name) | \(cells.joined(separator: " | ")) |\n"
        }
        text += "\n"
        proof(grid.plan.name(isOtherUser: isOtherUser))
    }

    /// Stories, one a line.
    mutating func scenes(_ path: String, result: String) {
        text += "| Case | What is there | \(result) |\n|---|---|---|\n"
        for scene in MatrixScene.every where MatrixCase.matches(scene.name, path) {
            let words = scene.question.split(separator: ": ", maxSplits: 1).last ?? ""
            let name = scene.name.dropFirst(path.count + 1)
            text += "| `\(name)` | \(words) | \(Self.word(scene.expected)) |\n"
        }
        text += "\n"
        proof(path)
    }

    /// Addresses, one pair a line, for sockets that all set the same.
    mutating func pairs(_ old: BindGrid.Old, _ flags: String) {
        text += "| Case | Old socket | New socket | Its bind |\n|---|---|---|---|\n"
        for grid in MatrixGrid.every where grid.plan.old == old && !grid.isOtherUser {
            guard let item = grid.cases.first(where: { $0.name.hasSuffix("/\(flags):\(flags)") }) else {
                continue
            }
            let pair = grid.plan.pair
            let places = pair.inWords.split(separator: " -> ").map { "`\($0)`" }.joined(separator: " | ")
            text += "| `\(pair.name)` | \(places) | \(Self.word(item.expected)) |\n"
        }
        text += "\n"
    }

    /// Policies, the old one by the new one.
    mutating func policies(_ place: MatrixScene.PolicyPlace) {
        let names = place.policies
        let spelled = names.map { "`.\(MatrixScene.spelled($0))`" }
        text += "| old \\ new | \(spelled.joined(separator: " | ")) |\n"
        text += "|\(String(repeating: "---|", count: names.count + 1))\n"
        for (old, name) in zip(names, spelled) {
            let cells = names.map { new in
                let name = MatrixScene.policyName(place, old: old, new: new)
                return MatrixScene.policies.first { $0.name == name }.map { Self.word($0.expected) } ?? ""
            }
            text += "| \(name) | \(cells.joined(separator: " | ")) |\n"
        }
        text += "\n"
        proof("policy/\(place.rawValue)")
    }

    private static func word(_ outcome: MatrixOutcome) -> String {
        switch outcome {
        case .succeeds: "**ok**"
        case .refused(let code): code.name
        default: "\(outcome)"
        }
    }
}
