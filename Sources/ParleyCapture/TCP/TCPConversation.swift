/// Follows one TCP connection from outside: segments in, what each of them means out.
///
/// States are inferred as RFC 9293 draws them: a segment that is seen counts as arrived. What the capture has
/// not seen shows as a remark, and a connection that began before it counts from its first segment.
public struct TCPConversation: Sendable, Hashable {
    /// From the end that opened it, or was heard first, to the other.
    public private(set) var opening: Flow
    private var opener = TCPEnd()
    private var answerer = TCPEnd()
    private var hasBegun = false

    public init(opening: Flow) {
        self.opening = opening
    }

    public var openerState: TCPState { opener.state(facing: answerer) }
    public var answererState: TCPState { answerer.state(facing: opener) }

    /// Whether nothing more can come of it but another connection.
    public var isOver: Bool {
        [openerState, answererState].allSatisfy { $0 == .closed || $0 == .timeWait }
    }

    /// Takes the next segment of either direction, in the order in which they were seen.
    public mutating func receive(_ segment: TCPSegment) -> TCPObservation {
        var remarks: [TCPRemark] = []
        if startsAnew(segment) {
            remarks.append(.portsReused)
            self = TCPConversation(opening: segment.flow)
        }
        if !hasBegun {
            hasBegun = true
            opening = openingFlow(of: segment)
            let isFirst = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
            if !isFirst { remarks.append(.beganEarlier) }
        }
        let isFromOpener = segment.flow == opening
        var sender = isFromOpener ? opener : answerer
        var receiver = isFromOpener ? answerer : opener
        let places = take(segment, &sender, &receiver, &remarks)
        if isFromOpener {
            (opener, answerer) = (sender, receiver)
        } else {
            (answerer, opener) = (sender, receiver)
        }
        return TCPObservation(
            opening: opening,
            isFromOpener: isFromOpener,
            flags: segment.flags,
            sequence: places.sequence,
            acknowledgement: places.acknowledgement,
            byteCount: segment.payloadByteCount,
            window: places.window,
            openerState: openerState,
            answererState: answererState,
            remarks: remarks
        )
    }

    /// A SYN with an ACK answers: who is asked opened.
    private func openingFlow(of segment: TCPSegment) -> Flow {
        segment.flags.contains([.syn, .ack]) ? segment.flow.reversed : segment.flow
    }

    /// Another SYN than the one that the sender began with. RFC 9293, section 3.10.7.4, takes it in TIME-WAIT;
    /// elsewhere what was seen before had ended without our knowing.
    private func startsAnew(_ segment: TCPSegment) -> Bool {
        guard hasBegun, segment.flags.contains(.syn) else { return false }
        if opener.isReset { return !segment.flags.contains(.ack) }
        let sender = segment.flow == opening ? opener : answerer
        // Who has sent nothing yet answers, or opens at the same time.
        guard let base = sender.base, base != segment.sequenceNumber else { return false }
        return !segment.flags.contains(.ack) || sender.hasSentSYN
    }

    private func take(
        _ segment: TCPSegment,
        _ sender: inout TCPEnd,
        _ receiver: inout TCPEnd,
        _ remarks: inout [TCPRemark]
    ) -> (sequence: Int, acknowledgement: Int?, window: Int) {
        let flags = segment.flags
        let isReset = flags.contains(.rst)
        if sender.base == nil, !isReset || !receiver.hasSentSYN {
            sender.begin(segment.sequenceNumber, isSYN: flags.contains(.syn))
        }
        let sequence = sender.place(segment.sequenceNumber, near: sender.next)
        var acknowledgement: Int?
        if flags.contains(.ack) {
            if receiver.base == nil { receiver.begin(segment.acknowledgementNumber, isSYN: false) }
            acknowledgement = receiver.place(segment.acknowledgementNumber, near: receiver.next)
        }
        if isReset {
            reset(segment, sequence, acknowledgement, &sender, &receiver, &remarks)
            return (sequence, acknowledgement, Int(segment.window))
        }
        if flags.contains(.syn) { sender.windowScale = segment.windowScale }
        let isNew = send(segment, sequence, &sender, receiver, &remarks)
        acknowledge(segment, acknowledgement, isNew, &sender, receiver, &remarks)
        sender.window = segment.window
        if flags.contains(.fin) {
            let place = sequence + segment.payloadByteCount + (flags.contains(.syn) ? 1 : 0)
            sender.finish(at: place, answersFIN: receiver.fin.map { (acknowledgement ?? 0) > $0 } ?? false)
        }
        return (sequence, acknowledgement, window(segment, sender, receiver))
    }

    /// What the segment adds to its sender's stream; whether it is more than an acknowledgement.
    private func send(
        _ segment: TCPSegment,
        _ sequence: Int,
        _ sender: inout TCPEnd,
        _ receiver: TCPEnd,
        _ remarks: inout [TCPRemark]
    ) -> Bool {
        let flags = segment.flags
        let count =
            segment.payloadByteCount + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
        let isBare = !flags.contains(.syn) && !flags.contains(.fin)
        let isAllAcknowledged = receiver.acknowledged ?? sender.next >= sender.next
        if isBare, segment.payloadByteCount <= 1, sequence == sender.next - 1, sequence > 0, isAllAcknowledged
        {
            // One byte before what comes next asks for an acknowledgement (RFC 9293, section 3.8.4).
            remarks.append(receiver.window == 0 ? .zeroWindowProbe : .keepAlive)
            return true
        }
        let isProbe =
            isBare && segment.payloadByteCount == 1 && receiver.window == 0 && sequence == sender.next
        if let remark = sender.send(sequence..<sequence + count) { remarks.append(remark) }
        if isProbe { remarks.append(.zeroWindowProbe) }
        return count > 0
    }

    private func acknowledge(
        _ segment: TCPSegment,
        _ acknowledgement: Int?,
        _ isNew: Bool,
        _ sender: inout TCPEnd,
        _ receiver: TCPEnd,
        _ remarks: inout [TCPRemark]
    ) {
        guard let acknowledgement else { return }
        if acknowledgement > receiver.next {
            remarks.append(.acknowledgesUnseen(acknowledgement - receiver.next))
        }
        let isSame = sender.acknowledged == acknowledgement
        let wasClosed = sender.window == 0 && sender.acknowledged != nil
        if segment.window == 0, !segment.flags.contains(.syn) {
            remarks.append(.zeroWindow)
        } else if wasClosed {
            remarks.append(.windowUpdate)
        }
        if isSame, !isNew, sender.window == segment.window, segment.window > 0,
            receiver.next > acknowledgement
        {
            sender.duplicateACKs += 1
            remarks.append(.duplicateACK(sender.duplicateACKs))
        } else if !isSame {
            sender.duplicateACKs = 0
        }
        sender.acknowledged = max(sender.acknowledged ?? acknowledgement, acknowledgement)
    }

    private func reset(
        _ segment: TCPSegment,
        _ sequence: Int,
        _ acknowledgement: Int?,
        _ sender: inout TCPEnd,
        _ receiver: inout TCPEnd,
        _ remarks: inout [TCPRemark]
    ) {
        // A SYN is refused by what acknowledges it (RFC 9293, section 3.10.7.3).
        if sender.base == nil || receiver.state(facing: sender) == .synSent {
            guard acknowledgement == 1 else { return remarks.append(.strayReset) }
            remarks.append(.refused)
        } else {
            // Everything from what the receiver has acknowledged up to its window's end.
            let expected = receiver.acknowledged ?? sequence
            let room = max(window(receiver, facing: sender), 65535)
            guard expected...expected + room ~= sequence else { return remarks.append(.strayReset) }
            remarks.append(.reset)
        }
        sender.isReset = true
        receiver.isReset = true
    }

    private func window(_ segment: TCPSegment, _ sender: TCPEnd, _ receiver: TCPEnd) -> Int {
        // The window of a SYN itself is never scaled.
        segment.flags.contains(.syn) ? Int(segment.window) : window(sender, facing: receiver)
    }

    private func window(_ end: TCPEnd, facing other: TCPEnd) -> Int {
        guard let scale = end.windowScale, other.windowScale != nil else { return Int(end.window ?? 0) }
        return Int(end.window ?? 0) << Int(scale)
    }
}
