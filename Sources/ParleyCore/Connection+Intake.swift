public import ParleyNetwork
internal import ParleyTypes
public import ParleyWire

extension Connection {
    /// What has come and was not handed out, and the port that more comes from.
    @usableFromInline
    enum Intake: Sendable {
        case stream(StreamIntake, any StreamPort)
        case packets(PacketIntake, any MessagePort)
        case datagrams(DatagramIntake<Inbound>, any MessagePort)

        /// The port, where messages keep their borders on it.
        @usableFromInline
        var messagePort: (any MessagePort)? {
            switch self {
            case .stream: nil
            case .packets(_, let port), .datagrams(_, let port): port
            }
        }

        /// The next message that has come already, or nil when more must be received. Never suspends.
        @inlinable
        func next(by coder: Inbound.Coder, _ counters: Counters) throws(ParleyError) -> Inbound? {
            let message: Inbound?
            switch self {
            case .stream(let intake, _): message = try intake.next(by: coder)
            case .packets(let intake, _): message = try intake.next(by: coder)
            // Counted when they came, as those of a mailbox are.
            case .datagrams(let intake, _): return intake.next(by: coder)?.message
            }
            if message != nil { counters.countReceived() }
            return message
        }

        /// Answers that are still to come to questions that were given up; over datagrams none is counted on.
        var owed: OwedAnswers {
            switch self {
            case .stream(let intake, _): intake.owed
            case .packets(let intake, _): intake.owed
            case .datagrams: OwedAnswers()
            }
        }

        func noteOwedAnswer() {
            switch self {
            case .stream(let intake, _): intake.owed.note(hasBorders: intake.framing.hasBorders)
            case .packets(let intake, _): intake.owed.note(hasBorders: true)
            case .datagrams: break
            }
        }

        /// Passes over answers that were owed, as far as they have come.
        ///
        /// - Returns: how many there were, and whether the last message that came is among them.
        func discardOwed() throws(ParleyError) -> (count: Int, isAll: Bool) {
            switch self {
            case .stream(let intake, _):
                do throws(FramingError) { return (try intake.discardOwed(), false) } catch {
                    throw .framing(error)
                }
            case .packets(let intake, _): return intake.discardOwed()
            case .datagrams: return (0, false)
            }
        }
    }
}
