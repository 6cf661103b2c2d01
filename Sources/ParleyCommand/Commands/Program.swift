import ArgumentParser
import Glibc
import ParleyTypes
import Synchronization

/// The command. A library behind an executable of one line, so that tests reach what needs no process.
public enum Program {
    /// The arguments of the process, the program's name first. `CommandLine.arguments` are read from /proc, and empty
    /// where that is not mounted.
    static var arguments: [String] { given.withLock { $0 } }

    private static let given = Mutex<[String]>([])

    /// Runs the command and ends the process.
    ///
    /// - Parameters:
    ///   - arguments: Those of the process, the program's name first.
    ///   - malformed: The bytes of the first of them that is not UTF-8, nil when all are.
    ///   - executor: Where tasks run that prefer nothing else; nil: where the runtime runs them.
    public static func main(
        _ arguments: [String],
        malformed: [UInt8]? = nil,
        on executor: (any TaskExecutor)? = nil
    ) async -> Never {
        given.withLock { $0 = arguments }
        widen()
        // Here, where there is no other thread yet.
        let obstacle = malformed.map(Ending.init(malformed:)) ?? OwnNetwork.enterIfRestarted()
        if obstacle == nil { Signals.watch() }
        await run(obstacle, on: executor)
    }

    /// Not on the main actor, so that the end needs nothing but the thread it comes to.
    @concurrent private static func run(_ obstacle: Ending?, on executor: (any TaskExecutor)?) async -> Never
    {
        if let obstacle { leave(await finish(obstacle, Array(arguments.dropFirst()))) }
        let work = Task(executorPreference: executor) { await perform() }
        Stop.shared.whenRequested { work.cancel() }
        leave(await work.value)
    }

    /// The parser breaks its lines at the width of the terminal, and traps where that is hardly any.
    private static func widen() {
        var size = winsize()
        let isTerminal = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        let given = unsafe getenv("COLUMNS").flatMap { unsafe Int(String(cString: $0)) }
        guard let width = given ?? (isTerminal ? Int(size.ws_col) : nil), width < columnsMin else { return }
        unsafe setenv("COLUMNS", "\(columnsMin)", 1)
    }

    private static let columnsMin = 40

    /// Ends the process when the last words are written, or nobody reads them.
    private static func leave(_ code: Int32) -> Never {
        ErrorLines.shared.finish()
        exit(code)
    }

    /// Runs what the arguments ask for; the exit code.
    private static func perform() async -> Int32 {
        let arguments = Array(self.arguments.dropFirst())
        do {
            var command = try parsed(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as Ending {
            return await finish(Stop.shared.ending ?? error, arguments)
        } catch let error where isOurs(error) {
            return await finish(Stop.shared.ending ?? Ending(error), arguments)
        } catch {
            if RootCommand.exitCode(for: error).isSuccess { return await show(error, arguments) }
            return await finish(usage(error, arguments), arguments)
        }
        guard let ending = Stop.shared.ending else {
            console(arguments).tellRepetitions()
            return ExitStatus.done.rawValue
        }
        return await finish(ending, arguments)
    }

    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        if arguments.first == "help", arguments.count > 1, let word = UsageHint.unknownCommand(arguments[1]) {
            throw Ending(.usage, "there is no subcommand \(word)")
        }
        let parked = ParkedWords(arguments)
        guard parked.optionCount <= ParkedWords.optionsMax else { throw Ending(options: parked.optionCount) }
        do {
            let command = try RootCommand.parseAsRoot(parked.arguments)
            guard var taker = command as? any ParsableCommand & TakesWords else { return command }
            taker.restore(from: parked)
            return taker
        } catch {
            // What is wrong is told without the words that the parser has not seen, where that is as wrong.
            if !parked.isEmpty { _ = try RootCommand.parseAsRoot(parked.shownArguments) }
            throw error
        }
    }

    /// What was asked for instead of work: help, the version. It is data: who cannot get it is told.
    private static func show(_ answer: any Error, _ arguments: [String]) async -> Int32 {
        do throws(Ending) {
            try Console().write(RootCommand.fullMessage(for: answer) + "\n")
            return ExitStatus.done.rawValue
        } catch {
            return await finish(error, arguments)
        }
    }

    /// What the parser says about wrong arguments, in our voice.
    private static func usage(_ error: any Error, isShort: Bool) -> Ending {
        if isShort { return Ending(.usage, ParserWords.shortened(RootCommand.message(for: error))) }
        let text = ParserWords.shortened(RootCommand.fullMessage(for: error))
        var ending = Ending(.usage, text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)
        ending.isParagraph = true
        return ending
    }

    /// The parser's words about arguments without line breaks, so that every line of them is its own; where
    /// it has nothing against those, what it said, on one line.
    private static func usage(_ error: any Error, _ arguments: [String]) -> Ending {
        let isShort = arguments.contains("--json")
        let safe = arguments.map(SafeText.line)
        guard safe != arguments else { return usage(error, isShort: isShort) }
        do {
            _ = try RootCommand.parseAsRoot(ParkedWords(safe).shownArguments)
        } catch let second where !RootCommand.exitCode(for: second).isSuccess {
            return usage(second, isShort: isShort)
        } catch {}
        var ending = usage(error, isShort: isShort)
        ending.isParagraph = false
        return ending
    }

    private static func finish(_ ending: Ending, _ arguments: [String]) async -> Int32 {
        let ending = await ending.diagnosed().hinted(arguments)
        let console = console(arguments)
        console.tellRepetitions()
        console.fail(ending)
        return ending.code
    }

    /// The console of the last words, which may come before the arguments are understood.
    private static func console(_ arguments: [String]) -> Console {
        Console(isJSON: arguments.contains("--json"), color: color(arguments))
    }

    /// Errors of the layers below; the parser's own know how to explain themselves.
    private static func isOurs(_ error: any Error) -> Bool {
        Ending.isKnown(error)
    }

    private static func color(_ arguments: [String]) -> ColorChoice {
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--color=") {
                return ColorChoice(rawValue: String(argument.dropFirst(8))) ?? .auto
            }
            if argument == "--color", index + 1 < arguments.count {
                return ColorChoice(rawValue: arguments[index + 1]) ?? .auto
            }
        }
        return .auto
    }
}
