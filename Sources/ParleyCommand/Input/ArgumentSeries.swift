import ParleyText
import ParleyTypes
import ParleyWire

/// The messages that arguments say: one that is always the same, or a new one for each number and time.
enum ArgumentSeries: Sendable {
    /// `strangers`: what is written like a placeholder, and sent as it stands; `lists`: fields of bytes that are
    /// written like numbers, and sent as text.
    case fixed(Parcel, strangers: [String], lists: [String])
    case messages(MessageSeries)
    case text(TextSeries)

    /// - Throws: what the first message of the series would.
    init(_ series: MessageSeries) throws(MessageTextError) {
        _ = try series.message(0, at: .now)
        self = .messages(series)
    }

    var strangers: [String] {
        switch self {
        case .fixed(_, let strangers, _): strangers
        case .messages(let series): series.strangers
        case .text(let series): series.strangers
        }
    }

    var lists: [String] {
        switch self {
        case .fixed(_, _, let lists): lists
        case .messages(let series): series.lists
        case .text: []
        }
    }

    /// The message with a number, from 0 on, as of now.
    func message(_ number: Int) throws(Ending) -> Parcel {
        switch self {
        case .fixed(let parcel, _, _): return parcel
        case .messages(let series):
            do throws(MessageTextError) {
                return Parcel(try series.message(UInt64(number), at: .now))
            } catch {
                var ending = Ending(error)
                ending.message = "message \(number): " + (ending.message ?? "")
                throw ending
            }
        case .text(let series): return Parcel(bytes: series.text(UInt64(number), at: .now))
        }
    }
}
