import ParleyCapture
import ParleyText
import ParleyTypes

/// Writes ``Origin/members`` behind a message of a capture, fast: the second and the flow change less often
/// than the message.
struct OriginWriter {
    private var second: Int64?
    /// `,"time":"2026-11-21T04:05:06.` of that second.
    private var secondText: [UInt8] = []
    private var flow: Flow?
    /// `,"source":"192.0.2.1:49152","destination":"192.0.2.2:8089","packet":` of that flow.
    private var flowText: [UInt8] = []
    private var misfitFlow: Flow?
    private var peerText: [UInt8] = []
    private var destinationText: [UInt8] = []

    mutating func append(_ origin: Origin, to output: inout [UInt8]) {
        if let time = origin.time { append(time, to: &output) }
        if origin.flow != flow {
            flow = origin.flow
            flowText = Array(
                #","source":"\#(origin.flow.source)","destination":"\#(origin.flow.destination)","packet":"#
                    .utf8
            )
        }
        output.append(contentsOf: flowText)
        Self.append(origin.packet, to: &output)
    }

    /// Where the members of a misfit's line stand.
    enum Side {
        /// `"peer":"192.0.2.1:49152","time":"…",`
        case before
        /// `,"destination":"192.0.2.2:8089","packet":7`
        case after
    }

    mutating func append(misfit origin: Origin, _ side: Side, to output: inout [UInt8]) {
        if origin.flow != misfitFlow {
            misfitFlow = origin.flow
            peerText = Array(#""peer":"\#(origin.flow.source)""#.utf8)
            destinationText = Array(#","destination":"\#(origin.flow.destination)","packet":"#.utf8)
        }
        switch side {
        case .before:
            output.append(contentsOf: peerText)
            if let time = origin.time { append(time, to: &output) }
            output.append(UInt8(ascii: ","))
        case .after:
            output.append(contentsOf: destinationText)
            Self.append(origin.packet, to: &output)
        }
    }

    private mutating func append(_ time: WallTime, to output: inout [UInt8]) {
        if time.secondsSince1970 != second {
            second = time.secondsSince1970
            let text = WallTime(secondsSince1970: time.secondsSince1970).description
            secondText = Array(#","time":"\#(text.dropLast(7))"#.utf8)
        }
        output.append(contentsOf: secondText)
        let isFine = time.nanoseconds % 1000 != 0
        var unit: Int32 = 100_000_000
        for _ in 0..<(isFine ? 9 : 6) {
            output.append(48 + UInt8(time.nanoseconds / unit % 10))
            unit /= 10
        }
        output.append(UInt8(ascii: "Z"))
        output.append(UInt8(ascii: "\""))
    }

    static func append(_ number: Int, to output: inout [UInt8]) {
        let start = output.count
        var rest = number
        repeat {
            output.append(48 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        output[start...].reverse()
    }
}

/// ``Origin/heading``, made again only as far as it differs from the last one.
struct OriginHeading {
    private var second: Int64?
    private var secondText = ""
    private var flow: Flow?
    private var flowText = ""

    mutating func text(_ origin: Origin) -> String {
        if origin.flow != flow {
            flow = origin.flow
            flowText = "\(origin.flow)  "
        }
        guard let time = origin.time else { return "\(flowText)packet \(origin.packet)" }
        if time.secondsSince1970 != second {
            second = time.secondsSince1970
            secondText = String(WallTime(secondsSince1970: time.secondsSince1970).description.dropLast(7))
        }
        let isFine = time.nanoseconds % 1000 != 0
        let digits = String(isFine ? time.nanoseconds : time.nanoseconds / 1000)
        let zeros = String(repeating: "0", count: max(0, (isFine ? 9 : 6) - digits.utf8.count))
        return flowText + secondText + zeros + digits + "Z  packet \(origin.packet)"
    }
}
