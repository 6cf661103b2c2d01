/// Words of the command line that the parser need not see: it takes time that grows with the square of their number.
///
/// Of a long run of words none of which is an option, all but the first and the last are parked: one word that
/// nobody can write, because a NUL ends it, stands for them, and gives them back to the command. The first ones may
/// be a command's name or an option's value, the last one too stays as it is.
struct ParkedWords {
    /// For the parser.
    let arguments: [String]
    private let runs: [[String]]
    /// How many options there are.
    let optionCount: Int

    /// The parser's time grows with the square of the options' number too, and none of them can be parked.
    static let optionsMax = 1000

    /// A run of fewer words is left alone.
    private static let runMin = 64
    private static let firstLeft = 8
    private static let mark = "\0parked "

    init(_ arguments: [String]) {
        var kept: [String] = []
        var runs: [[String]] = []
        var run: [String] = []
        func end() {
            if run.count >= Self.runMin {
                kept += run.prefix(Self.firstLeft)
                kept.append(Self.mark + String(runs.count))
                runs.append(Array(run[Self.firstLeft..<run.count - 1]))
                kept += run.suffix(1)
            } else {
                kept += run
            }
            run = []
        }
        var isBehindOptions = false
        var optionCount = 0
        for word in arguments {
            if word == "--", !isBehindOptions {
                isBehindOptions = true
                end()
                kept.append(word)
            } else if word.utf8.first == UInt8(ascii: "-"), word.utf8.count > 1, !isBehindOptions {
                end()
                kept.append(word)
                optionCount += 1
            } else {
                run.append(word)
            }
        }
        end()
        self.arguments = kept
        self.runs = runs
        self.optionCount = optionCount
    }

    var isEmpty: Bool { runs.isEmpty }

    /// What the parser says about what it has seen: without the words that it has not.
    var shownArguments: [String] { arguments.filter { !$0.hasPrefix(Self.mark) } }

    /// The words as they were given.
    func restored(_ words: [String]) -> [String] {
        guard !isEmpty else { return words }
        return words.flatMap { word in
            guard word.hasPrefix(Self.mark), let index = Int(word.dropFirst(Self.mark.count)),
                runs.indices.contains(index)
            else { return [word] }
            return runs[index]
        }
    }
}

/// A command that takes any number of words.
protocol TakesWords {
    /// Where they are.
    static var words: WritableKeyPath<Self, [String]> { get }
}

extension TakesWords {
    /// Gives the command the words that were parked.
    mutating func restore(from parked: ParkedWords) {
        self[keyPath: Self.words] = parked.restored(self[keyPath: Self.words])
    }
}

extension CallCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.values } }
extension DecodeCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.input } }
extension EncodeCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.values } }
extension SendCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.values } }
extension ServeCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.values } }
extension CaptureCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.filter } }
extension FamiliesCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.names } }
extension OptionsCommand: TakesWords { static var words: WritableKeyPath<Self, [String]> { \.words } }
