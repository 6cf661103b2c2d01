import ParleyHeaders
import ParleyTypes

/// Names that are written almost like an option's.
enum OptionNames {
    static func nearest(to word: String, among options: [SocketOption]) -> String? {
        Nearest.name(to: word.lowercased(), among: options.map(\.key))
            ?? Nearest.name(to: word.uppercased(), among: options.map(\.name))
    }
}
