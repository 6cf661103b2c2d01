internal import ParleyNetwork

// What those who watch over a program read, without keeping what they watch alive, and to the last number
// after it has gone.

extension Mailbox {
    package var statisticsReading: @Sendable () -> Statistics {
        { [counters, port] in counters.statistics(of: port) }
    }

    package var queueReading: @Sendable () -> Int? {
        { [port] in port.queuedBytes }
    }
}

extension Connection {
    package var statisticsReading: @Sendable () -> Statistics {
        { [counters, port] in counters.statistics(of: port) }
    }

    package var queueReading: @Sendable () -> Int? {
        { [port] in port.queuedBytes }
    }
}

extension Listener {
    package var statisticsReading: @Sendable () -> ListenerStatistics {
        { [visitors, port] in Self.statistics(visitors, port) }
    }

    package var queueReading: @Sendable () -> Int? {
        { [port] in port.waitingPeers }
    }

    static func statistics(_ visitors: Visitors, _ port: any ListeningPort) -> ListenerStatistics {
        var counts = visitors.statistics
        counts.acceptPauses = port.acceptPauses
        return counts
    }
}
