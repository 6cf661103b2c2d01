import ArgumentParser
import ParleyText
import ParleyWire

struct DecodeCommand: AsyncParsableCommand {
    static let examples = [
        "parley decode --as 'id:u16 text:text' 0007 68656c6c6f",
        "echo '54 72 61 6e 73 00' | parley decode --as 'name:char[6]'",
        "parley decode --as proto.h:msg_st --raw @message.bin --json",
    ]

    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show what bytes mean, each with the field it belongs to.",
        discussion: manual(
            """
            The bytes are hexadecimal digits, as people paste them: with or without blanks, with 0x or \\x, \
            or the output of xxd, hexdump -C and tcpdump -x; they are arguments, a file as @file, or \
            standard input. With --raw they are the bytes themselves. Several messages of a fixed size may \
            stand one after another. --json prints the fields, which send and encode read again.
            """,
            examples: examples,
            statuses: [.done, .failed, .doesNotFit, .usage]
        )
    )

    @OptionGroup(title: "Messages") var layout: LayoutOptions
    @Argument(help: ArgumentHelp("Hexadecimal digits, - for standard input, or @file.", valueName: "digits"))
    var digits: [String] = []
    @Flag(help: "The input is the bytes themselves.")
    var raw = false
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if layout.layout == nil {
            throw ValidationError("Name a layout: --as proto.h:struct_name or --as 'id:u16'.")
        }
    }

    func run() async throws {
        let console = output.console
        let form = try layout.form(console, verb: "reading")
        let bytes = try await input()
        let view = MessageView(form: form, console: console, showsPeer: false)
        for (index, bytes) in cut(bytes, form).enumerated() {
            let parcel: Parcel
            do throws(WireError) {
                parcel = try unsafe ParcelCoder(form: form).decode(bytes.span.bytes)
            } catch {
                throw Ending(error)
            }
            switch parcel.content {
            case .misfit(let error):
                if case .layout(let compiled, _) = form, let remark = error.remark(in: compiled.layout) {
                    console.remark("\(remark)")
                }
                throw Ending(error)
            case .fit(.message(let message)) where console.isJSON:
                let line = JSONLine(schema: "parley.decode/1", [.init("fields", message.json(form.policy))])
                try console.write("\(line)\n")
            case .fit(.message):
                try BytesView(form: form, console: console).show(parcel, isFirst: index == 0)
            case .fit(let content):
                try console.write(view.render(content, bytes, from: "", at: .now))
            }
        }
        if let ending = Stop.shared.ending { throw ending }
    }

    private func input() async throws(Ending) -> [UInt8] {
        let stream: InputStream
        if digits.isEmpty || digits == ["-"] {
            stream = .standard
        } else if digits.count == 1, digits[0].hasPrefix("@") {
            stream = try .file(String(digits[0].dropFirst()))
        } else {
            guard !raw else { throw Ending(.usage, "--raw reads standard input or @file") }
            return try parse(digits.joined(separator: " "), "the arguments")
        }
        var bytes: [UInt8] = []
        while let chunk = try await stream.next() {
            bytes += chunk
            guard bytes.count <= Files.bytesMax else {
                throw Ending(.doesNotFit, "\(stream.name): longer than \(Files.bytesMax) bytes")
            }
        }
        if raw { return bytes }
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
            throw Ending(
                .doesNotFit,
                "\(stream.name) is no text",
                remedy: "Add --raw if it holds the bytes themselves."
            )
        }
        return try parse(text, stream.name)
    }

    private func parse(_ text: String, _ place: String) throws(Ending) -> [UInt8] {
        do throws(HexError) {
            return try HexInput.parse(text)
        } catch {
            throw Ending(
                .doesNotFit,
                "\(place): \(error)",
                remedy: raw || place == "the arguments" ? nil : "Add --raw if it holds the bytes themselves."
            )
        }
    }

    /// Messages of a fixed size one by one, anything else as a whole.
    private func cut(_ bytes: [UInt8], _ form: Form) -> [[UInt8]] {
        guard case .layout(let compiled, _) = form, compiled.layout.isFixedSize else { return [bytes] }
        let size = compiled.layout.sizeMinimum
        guard size > 0, bytes.count > size, bytes.count % size == 0 else { return [bytes] }
        return stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<$0 + size]) }
    }
}
