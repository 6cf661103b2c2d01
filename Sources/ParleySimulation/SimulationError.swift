internal import ParleyTypes

/// Why a simulation ended before its program did. What the program itself throws is thrown as it is.
public enum SimulationError: Error, Sendable, Hashable {
    /// Nothing will ever happen any more: no task can go on, nothing is on its way and no deadline is set. Says who
    /// waits for what.
    case stalled(waits: [String])
    /// The simulation's time has reached the limit. Says who waits for what.
    case tooLong(limit: Duration, waits: [String])
    /// A million steps at one instant: somebody goes round in circles without letting time pass.
    case spinning(program: String)
    /// A task of that program was somewhere else: it slept by `Task.sleep`, or waited for an actor with an executor of
    /// its own, or for a task that does not belong to the simulation. What happens next would depend on real time.
    case escaped(program: String)
    /// Tasks that were cancelled go on and on, or wait for something outside the simulation.
    case unending(programs: [String])
    /// A background program of a host has failed (``SimulatedHost/start(_:_:)``).
    case programFailed(program: String, reason: String)
    /// A simulation runs once.
    case usedTwice
    /// A program was to run on a host while its simulation does not.
    case notRunning
    /// A simulation was to run inside another.
    case nested
}

extension SimulationError: CustomStringConvertible {
    public var description: String {
        let sentence =
            switch self {
            case .stalled(let waits):
                "the simulation has come to a standstill: nothing is on its way, no deadline is set"
                    + Self.list(waits)
                    + "; a task that waits outside it (a sleep in real time, an actor with an executor of its own) is "
                    + "not seen: NetworkEnvironment.sleep(for:) waits inside"
            case .tooLong(let limit, let waits):
                "the simulation's time has reached its limit of \(limit)" + Self.list(waits)
                    + "; give SimulatedNetwork a larger timeLimit, or find who never ends"
            case .spinning(let program):
                "\(program) has gone a million steps without letting time pass: it repeats something that "
                    + "fails or finishes at once; have it wait for a message or a time"
            case .escaped(let program):
                "a task of \(program) came back from outside the simulation: it slept in real time, or waited for an "
                    + "actor with an executor of its own or for a detached task; wait by "
                    + "NetworkEnvironment.sleep(for:), and start tasks as children"
            case .unending(let programs):
                "cancelled tasks do not end: \(programs.joined(separator: ", ")); they catch the error and go on, or "
                    + "wait outside the simulation"
            case .programFailed(let program, let reason): "\(program) has failed: \(reason)"
            case .notRunning:
                "the simulation is not running: call host.run inside the network's own closure, as in "
                    + "`try await network { network in try await network.host(\"a\").run { … } }`"
            case .nested: "a simulation cannot run inside another: make its hosts hosts of the outer one"
            case .usedTwice: "a simulated network runs once: make another one, with the same seed if you like"
            }
        return SafeText.line(sentence)
    }

    private static func list(_ waits: [String]) -> String {
        waits.isEmpty ? "; no task waits for a port" : "; waiting: " + waits.joined(separator: ", ")
    }
}
