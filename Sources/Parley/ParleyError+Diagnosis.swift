public import ParleyCore
public import ParleyKernel
internal import ParleyTypes

extension ParleyError {
    /// Looks into the kernel for who or what made a socket's operation fail, and for the remedy; nil for other
    /// errors, and where nothing better is known than the error itself says. See
    /// ``ParleyTypes/SocketError/diagnosis()``.
    public func diagnosis() async -> Diagnosis? {
        guard case .socket(let error) = self else { return nil }
        return await error.diagnosis()
    }
}
