import ParleyHeaders
import ParleyTypes

/// Names that are written almost like an option's.
enum OptionNames {
    /// - Parameter orKinds: Whether the word may stand for a kind of socket as well.
    static func nearest(
        to word: String,
        among options: [SocketOption],
        orKinds: Bool = false
    ) -> String? {
        let kinds = orKinds ? SocketOption.Kind.allCases.map(\.rawValue) : []
        return Nearest.name(to: word.lowercased(), among: kinds)
            ?? Nearest.name(to: word.lowercased(), among: options.map(\.key))
            ?? Nearest.name(to: word.uppercased(), among: options.map(\.name))
    }
}
