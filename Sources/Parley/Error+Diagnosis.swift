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

extension Error {
    /// As ``ParleyError/diagnosis()``, where the compiler knows only that something was thrown: in closures, behind
    /// `withMailbox` and its siblings, in task groups.
    ///
    ///     try await Listener(Score.self, at: .tcp(port: 8086)).run { connection in
    ///         do {
    ///             for try await score in connection { try await outbox.send(score, to: "receiver.example:8089") }
    ///         } catch {
    ///             print(await error.diagnosis()?.description ?? "\(error)")
    ///         }
    ///     }
    ///
    /// An error of one's own is looked through for a ``ParleyError`` or a ``ParleyTypes/SocketError`` that it
    /// holds, in a property or as the value of a case, four levels deep. Nil where there is none.
    public func diagnosis() async -> Diagnosis? {
        guard let error = heldSocketError else { return nil }
        return await error.diagnosis()
    }

    private var heldSocketError: SocketError? {
        var values: [Any] = [self]
        for _ in 0...4 {
            var inside: [Any] = []
            for value in values {
                switch value {
                case let error as SocketError: return error
                case ParleyError.socket(let error): return error
                case is any BinaryInteger, is any StringProtocol: continue
                default: break
                }
                var mirror: Mirror? = Mirror(reflecting: value)
                while let level = mirror {
                    inside += level.children.prefix(64 - min(64, inside.count)).map(\.value)
                    mirror = level.superclassMirror
                }
            }
            values = inside
        }
        return nil
    }
}
