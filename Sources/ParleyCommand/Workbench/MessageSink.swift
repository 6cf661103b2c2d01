import ParleyCapture
import ParleyText
import ParleyTypes
import ParleyWire

/// Where the messages of `decode` go: printed, counted, or told why they are none. Prints into one buffer,
/// which is written when it is full and whenever the input pauses.
final class MessageSink {
    private let form: Form
    private let console: Console
    private let progress: Progress
    private let fields: FieldsWriter?
    private let view: MessageView
    private let table: BytesView
    private var output: [UInt8] = []
    /// Lines of standard error that wait to be written together.
    private var misfitLines: [UInt8] = []
    private var misfitWriter = MisfitWriter()
    /// Whether both outputs go to one place, where what came first must stand first: then only one of them waits.
    private let isOnePlace = Console.outputsAreOne
    private var origins = OriginWriter()
    private var headings = OriginHeading()

    private(set) var messageCount = 0
    private(set) var misfitCount = 0
    /// The first misfit, held back: alone it is why the command ends.
    private var firstMisfit: Misfit?
    private let manner: Manner
    private let head: [UInt8]
    /// Fields that were remarked on, where once is enough.
    private var remarked: Set<String> = []

    /// How messages are shown.
    struct Manner {
        /// The schema of a message's line.
        var schema = "parley.decode/1"
        /// Whether a field that looks wrong is remarked on only once: what never ends would bury everything.
        var remarksOnce = false
        /// Whether messages are read and counted, and not printed.
        var isSilent = false
    }

    /// A message that is none.
    fileprivate struct Misfit {
        var error: WireError
        /// Why, when the error does not say it.
        var reason: String?
        var bytes: [UInt8]
        var origin: Origin?
        /// 1 is the first; counts those that fit, too.
        var number: Int
        var offset: Int
    }

    private static let outputBytes = 64 << 10
    /// So many misfits are told one by one, unless `-v` or `--json` asks for all.
    private static let misfitsToldMax = 20
    private static let remarkedMax = 256

    init(form: Form, console: Console, progress: Progress, manner: Manner = Manner()) {
        self.manner = manner
        head = Array(#"{"schema":"\#(manner.schema)","fields":"#.utf8)
        self.form = form
        self.console = console
        self.progress = progress
        view = MessageView(form: form, console: console)
        table = BytesView(form: form, console: console)
        fields =
            if case .layout(let compiled, let policy) = form { FieldsWriter(compiled, policy) } else { nil }
    }

    // MARK: Messages

    /// Takes the bytes of one message.
    ///
    /// - Parameters:
    ///   - offset: where it begins in the input.
    ///   - origin: where it was seen, when it is from a capture.
    func take(_ bytes: RawSpan, offset: Int, from origin: Origin? = nil) throws(Ending) {
        if console.isJSON || manner.isSilent, let fields {
            let start = output.count
            output.append(contentsOf: head)
            do throws(WireError) {
                try fields.append(bytes, to: &output)
                if let origin { origins.append(origin, to: &output) }
                output.append(UInt8(ascii: "}"))
                output.append(UInt8(ascii: "\n"))
                messageCount += 1
                if manner.isSilent { output.removeLast(output.count - start) }
                if isOnePlace { flushMisfits() }
            } catch {
                output.removeLast(output.count - start)
                try refuse(error, unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, offset, origin)
            }
        } else {
            try takeSlowly(bytes, offset, origin)
        }
        if output.count >= Self.outputBytes { try flush() }
    }

    private func takeSlowly(_ bytes: RawSpan, _ offset: Int, _ origin: Origin?) throws(Ending) {
        let parcel: Parcel
        do throws(WireError) { parcel = try ParcelCoder(form: form).decode(bytes) } catch {
            throw Ending(error)
        }
        switch parcel.content {
        case .misfit(let error):
            try refuse(error, parcel.bytes, offset, origin)
        case .fit(let content):
            let isFirst = messageCount == 0
            messageCount += 1
            try show(content, parcel, isFirst: isFirst, origin)
        }
    }

    private func show(
        _ content: JSONLine.Content,
        _ parcel: Parcel,
        isFirst: Bool,
        _ origin: Origin?
    ) throws(Ending) {
        if manner.isSilent { return }
        if isOnePlace { flushMisfits() }
        if console.isJSON {
            let line = JSONLine(
                schema: manner.schema,
                [content.member(form.policy)] + (origin?.members ?? [])
            )
            output += "\(line)\n".utf8
            return
        }
        if let origin {
            output += view.render(content, parcel.bytes, from: headings.text(origin), at: origin.time ?? .now)
        } else if case .message(let message) = content {
            output += table.table(message, parcel.bytes, isFirst: isFirst).utf8
        } else {
            var view = view
            view.showsPeer = false
            output += view.render(content, parcel.bytes, from: "", at: .now)
        }
        guard case .message(let message) = content, case let remarks = message.remarks, !remarks.isEmpty
        else {
            return
        }
        if manner.remarksOnce, !remarks.contains(where: { isNew($0.field) }) { return }
        try flush()
        for remark in remarks { tell { console.remark("\(remark)") } }
    }

    private func isNew(_ field: String) -> Bool {
        let field = field.filter { !$0.isNumber }
        return remarked.count < Self.remarkedMax && remarked.insert(field).inserted || console.verbosity > 0
    }

    /// Takes a line that is no message, in its turn.
    func take(line: String) throws(Ending) {
        guard !manner.isSilent else { return }
        output += line.utf8
        output.append(UInt8(ascii: "\n"))
        if output.count >= Self.outputBytes { try flush() }
    }

    // MARK: Misfits

    /// Counts bytes that are no message, and tells why.
    ///
    /// - Parameter reason: what to say instead of the error's words.
    func refuse(
        _ error: WireError,
        _ bytes: [UInt8],
        _ offset: Int,
        _ origin: Origin? = nil,
        because reason: String? = nil
    ) throws(Ending) {
        let number = messageCount + misfitCount + 1
        misfitCount += 1
        let misfit = Misfit(
            error: error,
            reason: reason,
            bytes: bytes,
            origin: origin,
            number: number,
            offset: offset
        )
        if misfitCount == 1, messageCount == 0, origin == nil {
            firstMisfit = misfit
        } else {
            try release()
            try tell(misfit)
        }
    }

    private func release() throws(Ending) {
        guard let misfit = firstMisfit.take() else { return }
        try tell(misfit)
    }

    private func tell(_ misfit: Misfit) throws(Ending) {
        let isAll = console.isJSON || console.verbosity > 0
        if !isAll, misfitCount > Self.misfitsToldMax {
            if misfitCount == Self.misfitsToldMax + 1 {
                remark("more that does not fit is only counted; -v tells it all")
            }
            return
        }
        guard !console.isJSON else { return try tellJSON(misfit) }
        try flush()
        let place =
            misfit.origin?.heading ?? "message \(misfit.number), which begins at byte \(misfit.offset)"
        tell {
            console.complain("\(place): no such message: \(misfit.reason ?? "\(misfit.error)")")
            if misfit.reason == nil { remark(on: misfit.error) }
        }
    }

    private func tellJSON(_ misfit: Misfit) throws(Ending) {
        if isOnePlace, !output.isEmpty { try flush() }
        misfitWriter.append(
            misfit.error,
            because: misfit.reason,
            misfit.bytes,
            misfit.number,
            misfit.origin,
            to: &misfitLines
        )
        if misfit.reason == nil { remark(on: misfit.error) }
        if misfitLines.count >= Self.outputBytes { flushMisfits() }
    }

    private func flushMisfits() {
        guard !misfitLines.isEmpty else { return }
        progress.erase()
        console.report(lines: misfitLines)
        misfitLines.removeAll(keepingCapacity: true)
    }

    private func remark(on error: WireError) {
        guard case .layout(let compiled, _) = form, let remark = error.remark(in: compiled.layout) else {
            return
        }
        console.remark("\(remark)")
    }

    /// Says something on standard error that is probably wrong.
    func remark(_ text: String) { tell { console.remark(text) } }

    /// Says on standard error that something went wrong, which quiet does not leave out.
    func complain(_ text: String) { tell { console.complain(text) } }

    /// Says something on standard error that is worth knowing.
    func note(_ text: String, at level: Int = 0) { tell { console.note(text, at: level) } }

    private func tell(_ words: () -> Void) {
        flushMisfits()
        progress.erase()
        words()
    }

    // MARK: The end

    /// Writes what has been printed.
    func flush() throws(Ending) {
        // Where only one of them waits, the order does not matter.
        flushMisfits()
        guard !output.isEmpty else { return }
        defer { output.removeAll(keepingCapacity: true) }
        try view.write(output)
    }

    /// Ends the work: what is still to be said, and the exit code.
    func finish() throws(Ending) {
        try flush()
        progress.erase()
        if let misfit = firstMisfit.take() {
            if misfitCount == 1, messageCount == 0 {
                if let reason = misfit.reason { throw Ending(.doesNotFit, reason) }
                remark(on: misfit.error)
                throw Ending(misfit.error)
            }
            try tell(misfit)
        }
        guard misfitCount > 0 else { return }
        // With -q no remark has said that more is only counted.
        guard console.verbosity < 0, !console.isJSON, misfitCount > Self.misfitsToldMax else {
            throw .silent(.doesNotFit)
        }
        throw Ending(.doesNotFit, "\(plural(misfitCount, "message")) did not fit")
    }
}

extension JSONLine.Content {
    /// The message as the member of an object that says what it is.
    func member(_ policy: TextPolicy) -> JSONValue.Member {
        switch self {
        case .message(let message): .init("fields", message.json(policy))
        case .text(let text): .init("text", .string(text))
        case .bytes(let bytes): .init("bytes", .string(Hex.text(bytes)))
        case .json(let value): .init("json", value)
        }
    }
}
