/// Drives that wait for a turn of the loop's thread.
package struct Summons {
    private var waiting: [PortDrive] = []
    /// Memory for the next ones, so that none is taken a turn.
    private var spare: [PortDrive] = []

    package init() {}

    package var isEmpty: Bool { waiting.isEmpty }

    /// - Returns: whether it is the first.
    package mutating func append(_ drive: PortDrive) -> Bool {
        waiting.append(drive)
        return waiting.count == 1
    }

    package mutating func takeAll() -> [PortDrive] {
        defer {
            waiting = spare
            spare = []
        }
        return waiting
    }

    package mutating func giveBack(_ drives: consuming [PortDrive]) {
        drives.removeAll(keepingCapacity: true)
        spare = drives
    }
}
