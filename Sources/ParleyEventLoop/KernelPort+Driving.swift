internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

// How a port is driven: by its `PortDrive`, once it has one.

extension KernelPort {
    func drive(by driver: any Driver) throws(SocketError) {
        try watch.drive(by: PortDrive(driver, watch, on: loop))
        // Who finished receiving earlier had nobody to tell.
        if isReceivingFinished.load(ordering: .acquiring) { signal() }
    }

    func stopDriving() { watch.stopDriving() }

    func pauseReceiving() { watch.tell(ofReading: false) }

    func resumeReceiving() { watch.tell(ofReading: true) }

    func setAlarm(at deadline: MonotonicInstant?) { watch.drive?.setAlarm(at: deadline) }

    func signal() { watch.drive?.signal() }
}

extension KernelStreamPort: DrivenPort {}

extension KernelPacketPort: DrivenPort {}

extension KernelDatagramPort: DrivenPort {}
