extension Endpoint {
    /// Reads an option of the system: `mark=5`, `SO_MARK=5`, `freebind`.
    mutating func readSetting(_ key: String, _ value: Substring) throws(EndpointError) {
        let kinds = SocketOption.Kind.kinds(of: transport)
        guard let option = SocketOption.find(key, in: kinds) else {
            guard !transport.isInherited, let other = SocketOption.find(key) else {
                throw .unknownOption(key, transport)
            }
            throw .settingDoesNotApply(other, transport)
        }
        guard option.isSettable else { throw .settingIsReadOnly(option) }
        guard !options.settings.contains(where: { $0.option == option }) else {
            throw .repeatedSetting(option)
        }
        guard let text = String(validating: try Escapes.decoded(value), as: UTF8.self),
            let setting = SocketSetting(option, text)
        else { throw .invalidSetting(option, value: String(value)) }
        options.settings.append(setting)
    }

    /// The keys of the system's options that a URL of a transport may have beside those of ``Option``.
    public static func settingKeys(of transport: Transport) -> [String] {
        SocketOption.settable(by: transport).map { $0.spelling(for: transport) }
            .filter { Option(rawValue: $0) == nil }.sorted()
    }
}
