import ArgumentParser
import ParleyCore
import ParleyTypes

/// How fast messages leave: `1000/s`, `10/min`, `2mbit`.
struct Rate: ExpressibleByArgument, Sendable, Hashable {
    let count: Int
    /// In which time so many messages leave; nil where bits a second are counted.
    let time: Duration?

    init?(argument: String) {
        do throws(Misfit) { try self.init(parsing: argument) } catch { return nil }
    }

    /// Why a text is no rate.
    enum Misfit: Error, Hashable {
        case unreadable
        /// More than anybody sends; a rate that is no number of messages or bits.
        case outOfRange
    }

    init(parsing argument: String) throws(Misfit) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits) else { throw .unreadable }
        let unit = argument[digits.endIndex...].lowercased()
        let scales = ["bit": 1.0, "kbit": 1e3, "mbit": 1e6, "gbit": 1e9]
        if let scale = scales[unit.hasSuffix("/s") ? String(unit.dropLast(2)) : unit] {
            guard number * scale <= 1e15 else { throw .outOfRange }
            count = Int((number * scale).rounded())
            time = nil
            return
        }
        // "10/s" is short for "10/1s", and "0.5/s" is one in two seconds.
        let period = unit.dropFirst()
        let isBare = period.first?.isLetter == true
        guard unit.first == "/", let span = Span(argument: isBare ? "1" + period : String(period)) else {
            throw .unreadable
        }
        guard number <= 1e12 else { throw .outOfRange }
        var scale = 1
        while scale < 1_000_000, number * Double(scale) != (number * Double(scale)).rounded() { scale *= 10 }
        // Whole messages in a longer time, or about as many in the time that was written.
        let isLong = span.duration * scale > SendRate.periodMax
        count = isLong ? 1 : Int((number * Double(scale)).rounded())
        time = isLong && number > 0 ? span.duration / number : span.duration * scale
    }

    func sending(burst: Int?) throws -> SendRate {
        guard let time else { return try .bits(count, burst: burst) }
        return try .messages(count, per: time, burst: burst)
    }

    static let forms = "1000/s, 10/min, 1/500ms, or in bits of messages 64kbit, 2mbit, 1gbit"
}

struct RateOptions: ParsableArguments {
    @Option(
        name: .customLong("rate"),
        help: ArgumentHelp(
            "How fast messages leave, at most: \(Rate.forms). Lateness is made up for, never in one go.",
            valueName: "rate"
        )
    )
    var rateText: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --rate: how many messages may leave at once after a pause (with bits: bytes). By default those of a "
                + "millisecond, at least 1 and at most 9.",
            valueName: "count"
        )
    )
    var burst: Int?

    func validate() throws {
        guard rateText != nil else {
            guard burst == nil else {
                throw ValidationError("--burst goes with --rate: add --rate 1000/s.")
            }
            return
        }
        _ = try chosen
    }

    /// Nil where none was named.
    var chosen: SendRate? {
        get throws {
            guard let rateText else { return nil }
            let rate: Rate
            do throws(Rate.Misfit) { rate = try Rate(parsing: rateText) } catch {
                throw ValidationError(
                    error == .unreadable
                        ? "--rate: \u{201C}\(SafeText.line(rateText))\u{201D} is no rate. Write \(Rate.forms)."
                        : "--rate \(SafeText.line(rateText)): at most 1000000000 messages in the time that is written, "
                            + "or 1000gbit."
                )
            }
            do { return try rate.sending(burst: burst) } catch {
                // The rate without the burst says which of them it was.
                let option =
                    (try? rate.sending(burst: nil)) == nil ? "--rate \(rateText)" : "--burst \(burst ?? 0)"
                throw ValidationError("\(SafeText.line(option)): \(error)")
            }
        }
    }
}
