internal import Glibc
internal import ParleyTypes

/// Looks for the cause of one error. Blocks; whatever cannot be found out gives nil, never another error.
struct Diagnostician {
    let error: SocketError

    func examine() -> Diagnosis? { Cause.diagnosis(of: error) ?? examineByCode() }

    private func examineByCode() -> Diagnosis? {
        switch error.code {
        case .addressInUse: examineUse()
        case .addressNotAvailable: examineAddress()
        case .permissionDenied, .notPermitted: examineRight()
        case .noBufferSpace: examineRoom()
        case .messageTooLong: examineSize()
        case .networkUnreachable, .networkDown, .hostUnreachable: examineRoute()
        case .connectionRefused: examineRefusal()
        case .tooManyFilesInProcess: examineDescriptors()
        case .tooManyFilesInSystem: examineSystemFiles()
        case .noSuchDevice, .operationNotSupported, .noData: error.operation == .join ? examineJoin() : nil
        default: nil
        }
    }

    /// The kinds of socket that the error may speak of.
    var kinds: Set<KernelSocket.Kind> {
        if let kind = error.traits.flatMap({ KernelSocket.Kind(rawValue: $0.transport.rawValue) }) {
            return [kind]
        }
        switch error.operation {
        case .listen, .accept: return [.tcp]
        case .send, .join, .leave: return [.udp]
        default: return [.tcp, .udp]
        }
    }

    var isDatagrams: Bool {
        let transport = error.traits?.transport
        return transport == .udp || transport == .unixgram || transport?.rawValue == "udplite"
    }
}
