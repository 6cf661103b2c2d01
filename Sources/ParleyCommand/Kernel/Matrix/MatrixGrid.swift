import ParleyKernel

/// Sixteen cases of one user: the old socket's flags by the new one's.
struct MatrixGrid: Sendable {
    var plan: BindGrid
    var isOtherUser: Bool
    var cases: [MatrixCase]

    init(_ plan: BindGrid, isOtherUser: Bool) {
        self.plan = plan
        self.isOtherUser = isOtherUser
        cases = ReuseFlags.every.flatMap { old in
            ReuseFlags.every.map { plan.fresh(old, $0, isOtherUser: isOtherUser) }
        }
    }

    static let every = BindGrid.every.flatMap { plan in
        [false, true].map { MatrixGrid(plan, isOtherUser: $0) }
    }

    /// Tries the cases that are wanted; the others are gone.
    func run(_ rig: MatrixRig, _ wants: (String) -> Bool) -> MatrixGrid {
        var copy = self
        copy.cases = []
        for (row, old) in ReuseFlags.every.enumerated() {
            let items = ReuseFlags.every.enumerated().compactMap { column, flags -> GridCase? in
                let item = cases[row * 4 + column]
                return wants(item.name) ? GridCase(flags: flags, isOtherUser: isOtherUser, item: item) : nil
            }
            if !items.isEmpty { copy.cases += rig.run(plan, old: old, items) }
        }
        return copy
    }
}
