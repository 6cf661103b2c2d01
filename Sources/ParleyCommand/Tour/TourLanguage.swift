import ArgumentParser
import Glibc

/// What the tour's own sentences are written in; what commands print stays as it is.
enum TourLanguage: String, ExpressibleByArgument, CaseIterable, Sendable {
    case en, zh

    /// As locale(7) has it: the first of three variables that is set decides. A terminal that is not told to be one of
    /// UTF-8 gets English.
    static var ofEnvironment: TourLanguage {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let value = unsafe getenv(name).map({ unsafe String(cString: $0) }), !value.isEmpty else {
                continue
            }
            let locale = value.lowercased()
            return locale.hasPrefix("zh") && locale.contains(/utf-?8/) ? .zh : .en
        }
        return .en
    }
}

/// A text in the languages of the tour.
struct TourText: Sendable {
    let en: String
    let zh: String

    init(_ en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    func text(in language: TourLanguage) -> String { language == .zh ? zh : en }
}
