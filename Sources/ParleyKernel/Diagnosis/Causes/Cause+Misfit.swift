internal import ParleyTypes

extension Cause {
    /// Our address and the peer's are of two families, or ours is loopback's: the error shows it by itself.
    static let misfit = Cause(name: "misfit") { error, _ in
        error.misfit.map { Diagnosis(cause: $0.cause, remedy: $0.remedy) }
    }
}
