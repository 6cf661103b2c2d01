extension SocketError: CustomStringConvertible {
    /// One line: `bind 0.0.0.0:8086: address already in use (EADDRINUSE). Another socket holds …`.
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        var text = operation.rawValue
        if let place { text += " \(place)" }
        text += ": \(code.message) (\(code.name))"
        let remedy = remedy
        return remedy.isEmpty ? text : "\(text). \(remedy)"
    }

    /// The address or name that the sentence is about: ours where we asked for it, otherwise theirs.
    private var place: String? {
        let names: [String?]
        switch operation {
        case .bind, .listen, .accept: names = [local?.description, subject]
        case .resolve, .join, .leave, .option, .open, .inspect, .adopt:
            names = [subject, remote?.description, local?.description]
        case .connect, .send, .receive, .shutdown, .close, .wait:
            names = [remote?.description, subject, local.map { "at \($0)" }]
        }
        return names.compactMap { $0 }.first
    }
}
