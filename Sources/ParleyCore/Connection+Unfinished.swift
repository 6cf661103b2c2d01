import ParleyWire
import Synchronization

extension Connection {
    /// What has come of a message whose end has not, in bytes, with at most 16 of the first; nil where nothing waits.
    ///
    /// To be asked while nobody reads and no question waits for its answer.
    package var unfinished: (bytes: Int, beginning: [UInt8])? {
        // Those who ask have an intake of their own: whoever received last has taken over what lay in the other's.
        let last = desk.state.withLock { state in state.isReaderAhead ? intake : desk.askersIntake ?? intake }
        if case .stream(let intake, _) = last, intake.start < intake.end {
            let bytes = intake.bytes(intake.start..<intake.end)
            return (bytes.byteCount, FramingError.beginning(of: bytes))
        }
        return nil
    }
}
