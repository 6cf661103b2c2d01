import Glibc
import ParleySockets
import ParleyTypes

/// Descriptors that this process has opened itself: `fd://` means those that it was started with.
enum OwnDescriptors {
    /// Why an endpoint that names a descriptor cannot be meant. Ours are all closed when a program is executed
    /// (FD_CLOEXEC), and no descriptor has that mark when a program starts; sockets that a service manager passed get
    /// it here.
    static func refusal(of endpoint: Endpoint) -> SocketError? {
        guard case .descriptor(let number)? = endpoint.inherited else { return nil }
        let first = InheritedSockets.firstDescriptor
        let passed = first..<first + Int32(clamping: InheritedSockets.shared.names.count)
        let flags = fcntl(number, F_GETFD)
        guard flags >= 0, flags & FD_CLOEXEC != 0, !passed.contains(number) else { return nil }
        return SocketError(
            .adopt,
            .noSuchFile,
            subject: "fd://\(number) (descriptor \(number) was not open when this program started)"
        )
    }
}
