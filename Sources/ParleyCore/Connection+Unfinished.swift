import ParleyWire
import Synchronization

extension Connection {
    /// What has come of a message whose end has not, in bytes, with at most 16 of the first; nil where nothing waits.
    ///
    /// To be asked while nobody reads and no question waits for its answer.
    package var unfinished: (bytes: Int, beginning: [UInt8])? {
        // Those who ask have an intake of their own, which takes over what lay in the reader's.
        for intake in [desk.state.withLock { _ in desk.askersIntake }, intake] {
            guard case .stream(let intake, _)? = intake, intake.start < intake.end else { continue }
            let bytes = intake.bytes(intake.start..<intake.end)
            return (bytes.byteCount, FramingError.beginning(of: bytes))
        }
        return nil
    }
}
