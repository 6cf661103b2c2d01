internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

// How a port is driven: by its `PortDrive`, once it has one.

extension KernelPort {
    func drive(by driver: any Driver) throws(SocketError) {
        let drive = PortDrive(driver, socket, on: loop, watch.registration)
        let isFirst = self.drive.withLock { slot in
            guard slot == nil else { return false }
            slot = drive
            return true
        }
        precondition(isFirst, "a port has one driver at a time")
        do throws(SocketError) {
            try drive.start()
        } catch {
            self.drive.withLock { $0 = nil }
            _ = drive.stop()
            throw error
        }
    }

    func stopDriving() {
        let drive = drive.withLock { slot in
            defer { slot = nil }
            return slot
        }
        guard drive?.stop() ?? false else { return }
        // What was taken over is still passed on.
        try? watch.waitToPassOn()
    }

    private var driven: PortDrive? { drive.withLock(\.self) }

    func pauseReceiving() { driven?.change(isReading: false) }

    func resumeReceiving() { driven?.change(isReading: true) }

    func tellOfRoom() { driven?.tellOfRoom() }

    func setAlarm(at deadline: MonotonicInstant?) { driven?.setAlarm(at: deadline) }

    func signal() { driven?.signal() }
}

extension KernelStreamPort: DrivenPort {}

extension KernelPacketPort: DrivenPort {}

extension KernelDatagramPort: DrivenPort {}
