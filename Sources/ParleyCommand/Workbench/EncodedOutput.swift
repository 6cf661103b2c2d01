import Glibc
import ParleyCapture
import ParleyText
import ParleyTypes
import ParleyWire

/// Where the messages of `encode` go, and as what.
final class EncodedOutput {
    private let format: OutputFormat
    private let form: Form
    private let console: Console
    private let framing: Framing?
    private let flow: Flow
    private let file: OutputFile?
    private let view: BytesView
    private let writer: CaptureWriter?
    /// The time of packets that bring none: now, and a microsecond more for each.
    private var time = WallTime.now.wholeMicroseconds
    private var count = 0
    private var buffer: [UInt8] = []

    private static let bufferBytes = 64 << 10

    init(
        format: OutputFormat,
        form: Form,
        console: Console,
        framing: Framing?,
        flow: Flow,
        path: String?
    ) throws(Ending) {
        self.format = format
        self.form = form
        self.console = console
        self.framing = framing
        self.flow = flow
        writer = format.capture.map { CaptureWriter($0) }
        if path == nil, writer != nil, isatty(STDOUT_FILENO) == 1 {
            throw Ending(
                .usage,
                "\(format.rawValue) is nothing for a terminal",
                remedy: "Name a file: --output messages.\(format.rawValue)."
            )
        }
        view = BytesView(form: form, console: console)
        if let path { file = try OutputFile(path: path) } else { file = nil }
        writer?.writeHeader(to: &buffer)
    }

    /// Takes a message; what its line of JSON says of it counts in captures.
    func take(_ parcel: Parcel, _ envelope: Envelope) throws(Ending) {
        count += 1
        if let dump = format.dump {
            try checkIsWritable(parcel.bytes, dump)
            // Digits of any number a message: an empty line tells them apart.
            if dump == .plain, count > 1, !form.isFixedSize { buffer.append(UInt8(ascii: "\n")) }
            buffer += dump.text(parcel.bytes, name: name).utf8
        } else if let writer {
            try capture(parcel, envelope, writer)
        } else if format == .raw {
            try frame(parcel.bytes)
        } else {
            buffer += try view.render(parcel, isFirst: count == 1)
        }
        if buffer.count >= Self.bufferBytes { try flush() }
        if format == .table, file == nil {
            // A remark stands behind what it is about.
            try flush()
            if case .fit(.message(let message)) = parcel.content, !console.isJSON {
                for remark in message.remarks { console.remark("\(remark)") }
            }
        }
    }

    /// Writes what has been kept so far.
    func flush() throws(Ending) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        if let file {
            try file.write(buffer)
        } else if format == .table || format.dump != nil {
            try console.write(buffer)
        } else {
            try console.write(exactly: buffer)
        }
    }

    /// What arrays of C are called: the layout's name and a number.
    private var name: String {
        if case .layout(let compiled, _) = form, !compiled.layout.name.isEmpty {
            return "\(compiled.layout.name)_\(count)"
        }
        return "message_\(count)"
    }

    private func checkIsWritable(_ bytes: [UInt8], _ dump: DumpFormat) throws(Ending) {
        guard bytes.isEmpty, !dump.writesEmpty else { return }
        throw Ending(
            .doesNotFit,
            "message \(count) is empty, and \(format.rawValue) has no sign for that",
            remedy: "Write it as another format: --to c, --to pcap or --to raw --framing length."
        )
    }

    private func frame(_ bytes: [UInt8]) throws(Ending) {
        guard let framing else {
            guard count == 1 || form.framing.isBackToBack || form.framing == .chunks else {
                throw Ending(
                    .usage,
                    "nobody could tell message \(count) from the one before: nothing in them says where one ends",
                    remedy: "Say what stands between them: --framing length."
                )
            }
            return buffer += bytes
        }
        do throws(FramingError) {
            try framing.check(messageBytes: bytes.count)
            try framing.check(message: unsafe bytes.span.bytes)
        } catch {
            throw Ending(error)
        }
        let framed = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count + framing.overhead) {
            memory,
            count in
            var output = unsafe OutputRawSpan(
                buffer: UnsafeMutableRawBufferPointer(memory),
                initializedCount: 0
            )
            framing.writePrefix(messageBytes: bytes.count, to: &output)
            for byte in bytes { output.append(byte) }
            framing.writeSuffix(to: &output)
            count = unsafe output.finalize(for: UnsafeMutableRawBufferPointer(memory))
        }
        buffer += framed
    }

    private func capture(_ parcel: Parcel, _ envelope: Envelope, _ writer: CaptureWriter) throws(Ending) {
        let flow = Flow(
            source: envelope.source ?? self.flow.source,
            destination: envelope.destination ?? self.flow.destination
        )
        guard let builder = PacketBuilder(flow) else {
            throw Ending(
                .usage,
                "\(flow): one end is IPv4, the other IPv6",
                remedy: "Name both: --source and --destination."
            )
        }
        guard let packet = builder.packet(parcel.bytes) else {
            let maximum = builder.payloadBytesMax
            throw Ending(
                .doesNotFit,
                "message \(count) has \(parcel.bytes.count) bytes, a datagram holds \(maximum)",
                remedy: "Write it as another format: --to raw."
            )
        }
        writer.write(packet, time: envelope.time ?? time, to: &buffer)
        time = time.advanced(microseconds: 1)
    }
}

extension WallTime {
    /// What both formats of captures hold.
    fileprivate var wholeMicroseconds: WallTime {
        WallTime(secondsSince1970: secondsSince1970, nanoseconds: nanoseconds / 1000 * 1000)
    }

    fileprivate func advanced(microseconds: Int32) -> WallTime {
        let sum = nanoseconds + microseconds * 1000
        return WallTime(
            secondsSince1970: secondsSince1970 + Int64(sum / 1_000_000_000),
            nanoseconds: sum % 1_000_000_000
        )
    }
}
