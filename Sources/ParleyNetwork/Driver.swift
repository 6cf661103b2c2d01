public import ParleyTypes

/// Whoever is called by a port on its network's thread, instead of a task that waits for it: the engine of a
/// protocol, or what answers at once.
///
/// One driver a port, however many peers write to it. The order of a burst is: the network calls ``received(at:)``,
/// the driver takes what has come by attempts to receive, as many as it likes, and transmits once at the end. Nothing
/// is told a message, and nothing suspends.
///
/// All calls come one at a time, and none while a port with the same ``Port/executor`` makes one. They must not
/// block: everything else that lives on that thread waits meanwhile. `now` is the network's time at the beginning of
/// its turn. Time goes forward only.
public protocol Driver: AnyObject, Sendable {
    /// Something has come, or the end, or a failure: the next attempt to receive says which.
    ///
    /// Told again in every turn of the network in which something is there, until ``DrivenPort/pauseReceiving()``: a
    /// driver that takes a part and returns lets the others have their turn, and none has to meet the empty queue.
    func received(at now: MonotonicInstant)

    /// There is room: the port has passed on all that it had taken over, or an attempt to transmit may succeed after
    /// ``DrivenPort/tellOfRoom()``.
    func writable(at now: MonotonicInstant)

    /// The time that ``DrivenPort/setAlarm(at:)`` said has come. Nothing is set any more.
    func alarm(at now: MonotonicInstant)

    /// Somebody has called ``DrivenPort/signal()`` since the last time, or this side has finished receiving.
    func signalled(at now: MonotonicInstant)

    /// The port was closed, by whomever. The last call; the network holds the driver no longer.
    func ended()
}

/// A port that calls a ``Driver``. Optional: who needs one and finds a port without waits for it in a task.
///
/// Every operation but ``drive(by:)`` and ``signal()`` is for the driver, inside its calls.
public protocol DrivenPort: Port {
    /// Has the driver called from now on, and tells it of what has come already. No task waits for the port
    /// meanwhile. A port without a driver ignores the other operations of this protocol.
    ///
    /// - Throws: `.badDescriptor` when the port is closed; the driver is not called then.
    func drive(by driver: any Driver) throws(SocketError)

    /// Calls the driver no more, nor ``Driver/ended()``; the port stays open and may be waited for again.
    func stopDriving()

    /// Does not call ``Driver/received(at:)`` until ``resumeReceiving()``, unless the port has failed: then it is
    /// told once.
    func pauseReceiving()

    func resumeReceiving()

    /// Has ``Driver/writable(at:)`` called once, as soon as there is room. A stream that has taken something over
    /// calls it by itself.
    func tellOfRoom()

    /// Has ``Driver/alarm(at:)`` called at a time, nil for never; a port has one alarm. Setting it again and again
    /// costs as much as the earlier times that it is set to: a later one is a mere note.
    func setAlarm(at deadline: MonotonicInstant?)

    /// Has ``Driver/signalled(at:)`` called in the next turn of the network. The way onto its thread, from any
    /// other: many signals before it are one.
    func signal()
}
