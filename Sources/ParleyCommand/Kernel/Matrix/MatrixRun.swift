import Glibc
import ParleyTypes
import Synchronization

/// The truth table, tried on this kernel.
struct MatrixRun: Sendable {
    /// Whether a case is wanted.
    var wants: @Sendable (String) -> Bool = { _ in true }
    var isSlow = false

    /// What came of it.
    struct Result: Sendable {
        var isInOwnNetwork = false
        var grids: [MatrixGrid] = []
        var scenes: [MatrixCase] = []

        var cases: [MatrixCase] { grids.flatMap(\.cases) + scenes }
    }

    /// Names of everything, in order, without trying anything.
    static let names: [String] =
        MatrixGrid.every.flatMap { $0.cases.map(\.name) } + MatrixScene.every.map(\.name)

    /// Tries everything that is wanted, on a thread of its own that enters a network of its own, and ends.
    func run() throws(Ending) -> Result {
        let box = MatrixBox(self)
        let held = unsafe Unmanaged.passRetained(box)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                let box = unsafe Unmanaged<MatrixBox>.fromOpaque(argument!).takeRetainedValue()
                box.result.withLock { $0 = box.run.work() }
                return nil
            },
            held.toOpaque()
        )
        guard code == 0 else {
            unsafe held.release()
            throw Ending(.failed, "no thread: \(ErrorCode(rawValue: code))")
        }
        pthread_join(thread, nil)
        return box.result.withLock { $0 }
    }

    /// On the new thread.
    fileprivate func work() -> Result {
        var result = Result()
        result.isInOwnNetwork = OwnNetwork.isInUserNamespace || OwnNetwork.enter()
        let rig = MatrixRig()
        for grid in MatrixGrid.every {
            guard Stop.shared.reason == nil else { return result }
            let tried = grid.run(rig, wants)
            if !tried.cases.isEmpty { result.grids.append(tried) }
        }
        for scene in MatrixScene.every where wants(scene.name) {
            guard Stop.shared.reason == nil else { return result }
            result.scenes.append(scene.run(rig, isSlow: isSlow))
        }
        return result
    }
}

/// Carries the work to the thread, and the result back.
private final class MatrixBox: Sendable {
    let run: MatrixRun
    let result = Mutex(MatrixRun.Result())

    init(_ run: MatrixRun) { self.run = run }
}
