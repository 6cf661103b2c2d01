import ParleyCore
import ParleyTypes

extension Receiver {
    /// Prints the messages of a mailbox at their times until it is enough.
    func play(_ mailbox: Mailbox<Parcel, Parcel>, _ smoothing: Smoothing) async throws {
        let smoothed = try smoothing.reader(of: mailbox) { [tally] letter in
            tally.noteArrival(of: letter.message, from: letter.sender)
        }
        defer { tally.note(smoothed.report, .beforeSummary) }
        var looksAt = NetworkEnvironment.now.advanced(by: LossWatch.lookInterval)
        do {
            while let played = try await next(of: smoothed) {
                guard try take(played) else { return }
                let now = NetworkEnvironment.now
                guard now >= looksAt else { continue }
                looksAt = now.advanced(by: LossWatch.lookInterval)
                tally.note(lostAtLeast: mailbox.statistics.lostAtLeast)
                tally.note(smoothed.report)
            }
        } catch let error as ParleyError where error == .cancelled {
            // Nobody waits any longer: what is held is printed at once, in its order.
            await LastLook.take { [self] in
                if let played = try? await smoothed.next(timeout: .zero) {
                    return (try? take(played)) ?? false
                }
                guard smoothed.report.waiting > 0 else { return false }
                smoothed.release()
                return true
            }
            throw error
        }
    }

    private func take(_ played: PlayedLetter<Parcel>) throws(Ending) -> Bool {
        let letter = played.letter
        return try tally.take(
            letter.message,
            from: letter.sender,
            arrived: letter.arrival,
            isLate: played.isLate
        )
    }

    /// The next message at its time. What is held is waited for; nothing that came for `timeout` is the end.
    private func next(
        of smoothed: Mailbox<Parcel, Parcel>.Smoothed
    ) async throws(ParleyError) -> PlayedLetter<Parcel>? {
        guard let timeout else { return try await smoothed.next() }
        while true {
            let rest = NetworkEnvironment.now.duration(to: tally.lastArrival.advanced(by: timeout))
            do throws(ParleyError) {
                // What is held is waited for: it is there at its time.
                let wait: Duration? = rest > .zero ? rest : smoothed.report.waiting > 0 ? nil : .zero
                return try await smoothed.next(timeout: wait)
            } catch {
                guard case .timedOut = error else { throw error }
                let silence = tally.lastArrival.duration(to: NetworkEnvironment.now)
                guard silence < timeout || smoothed.report.waiting > 0 else {
                    throw .timedOut(timeout, .message)
                }
            }
        }
    }
}
