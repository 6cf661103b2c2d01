import ArgumentParser
import ParleyHeaders
import ParleyText
import ParleyTypes
import ParleyWire

/// `--emit` and what belongs to it: a layout as a text in another language, on standard output.
struct EmitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the layout as c, swift, lua (a Wireshark dissector) or kaitai.",
            valueName: "target"
        )
    )
    var emit: EmitTarget?

    @Option(
        help: ArgumentHelp(
            "What --emit says of a number's bytes: network (the default), little, or host.",
            valueName: "order"
        )
    )
    var byteOrder: ByteOrderName?

    @Option(help: ArgumentHelp("Another name for the message that --emit writes.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "A port that the dissector claims on UDP and TCP; may be repeated.",
            valueName: "port"
        )
    )
    var port: [UInt16] = []

    func validate() throws {
        guard emit == nil else {
            if emit != .lua, !port.isEmpty { throw ValidationError("--port belongs to --emit lua.") }
            return
        }
        let given = [("--byte-order", byteOrder != nil), ("--name", name != nil), ("--port", !port.isEmpty)]
        if let option = given.first(where: \.1)?.0 { throw ValidationError("\(option) belongs to --emit.") }
    }

    /// The text for `target`, of the layout that `spelling` names as `--as` does.
    func text(
        as target: EmitTarget,
        of spelling: String,
        abi: String?,
        tails: [String],
        includeFolders: [String],
        _ console: Console
    ) throws(Ending) -> String {
        if let abi, abi == "all" || abi.contains(",") {
            throw Ending(
                .usage,
                "--emit takes one machine, and --abi \(SafeText.line(abi)) names several",
                remedy: "Name one, for example --abi x86-64."
            )
        }
        let reader = FormReader(
            spelling: spelling,
            byteOrder: byteOrder?.order,
            abi: abi,
            tails: tails,
            includeFolders: includeFolders
        )
        let result = try reader.read()
        try FormReader.requireUse(of: tails, in: [result])
        guard var layout = result.layout else {
            throw Ending(
                .usage,
                "\(SafeText.line(spelling)) is no layout",
                remedy: "Write FILE.h:STRUCT, or a layout such as 'name:char[13] math:u32'."
            )
        }
        for remark in result.remarks { console.remark(remark) }
        if let byteOrder, !result.typed.isEmpty {
            console.remark(
                "--byte-order \(byteOrder.rawValue) leaves alone what types say themselves: "
                    + SafeText.line(result.typed.spelled)
            )
        }
        if let name { layout.name = name }
        let isHeader = FormReader.headerAndStruct(spelling) != nil
        let options = EmissionOptions(
            origin: isHeader ? spelling : nil,
            udpPorts: target == .lua ? port : [],
            tcpPorts: target == .lua ? port : []
        )
        do throws(EmissionError) {
            return try layout.emitted(as: target.target, options)
        } catch {
            throw Ending(.failed, SafeText.line("\(error)"))
        }
    }
}

/// `--emit`.
enum EmitTarget: String, ExpressibleByArgument, CaseIterable, Sendable {
    case c, swift, lua, kaitai

    var target: EmissionTarget {
        switch self {
        case .c: .c
        case .swift: .swift
        case .lua: .lua
        case .kaitai: .kaitai
        }
    }
}
