import ParleyWire

/// Runs a program. An object, so that running the program of each item copies nothing.
final class JSONRunner: Sendable {
    let program: JSONProgram

    init(_ program: JSONProgram) {
        self.program = program
    }
}

extension JSONRunner {
    /// Writes the message, or the value, that begins at `base`.
    ///
    /// - Precondition: the layout's plan has found the bytes right: every step lies inside of them.
    func run(_ bytes: RawSpan, at base: Int, to output: inout JSONCursor) {
        let steps = program.steps
        let literals = program.literals
        for index in steps.indices {
            let step = steps[index]
            output.append(literals, step.literal, step.literalSize)
            run(step.action, bytes, at: base &+ step.offset, to: &output)
        }
    }

    @inline(__always)
    private func run(
        _ action: JSONProgram.Action,
        _ bytes: RawSpan,
        at offset: Int,
        to output: inout JSONCursor
    ) {
        switch action {
        case .nothing:
            break
        case .unsigned(let count, let isBig):
            output.append(bytes.bits(at: offset, bytes: count, isBig: isBig))
        case .signed(let count, let isBig):
            output.append(Self.signed(bytes.bits(at: offset, bytes: count, isBig: isBig), 8 &* count))
        case .named(let table, let count, let isSigned, let isBig):
            let bits = bytes.bits(at: offset, bytes: count, isBig: isBig)
            append(bits, width: 8 &* count, isSigned, table, to: &output)
        case .bits(let place, let isSigned):
            let bits = place.load(from: bytes, at: offset)
            if isSigned { output.append(Self.signed(bits, place.width)) } else { output.append(bits) }
        case .namedBits(let table, let place, let isSigned):
            append(place.load(from: bytes, at: offset), width: place.width, isSigned, table, to: &output)
        case .bit(let place):
            output.append(place.load(from: bytes, at: offset) == 1 ? Self.true : Self.false)
        case .boolean:
            output.append(bytes.byte(at: offset) == 1 ? Self.true : Self.false)
        case .single(let isBig):
            let bits = UInt32(truncatingIfNeeded: bytes.bits(at: offset, bytes: 4, isBig: isBig))
            append(.single(Float(bitPattern: bits)), to: &output)
        case .double(let isBig):
            let bits = bytes.bits(at: offset, bytes: 8, isBig: isBig)
            append(.double(Double(bitPattern: bits)), to: &output)
        case .text(let size, let mode):
            output.appendText(bytes, offset, size, mode)
        case .items(let runner, let count, let stride):
            appendItems(runner, count, stride, bytes, at: offset, to: &output)
        case .union(let table):
            append(program.unions[table], bytes, at: offset, to: &output)
        case .variants(let table):
            append(program.variants[table], bytes, to: &output)
        case .tailText(let mode):
            output.appendText(bytes, offset, bytes.byteCount &- offset, mode)
        case .tailItems(let runner, let stride):
            let count = (bytes.byteCount &- offset) / stride
            appendItems(runner, count, stride, bytes, at: offset, to: &output)
        }
    }

    private static func signed(_ bits: UInt64, _ width: Int) -> Int64 {
        Int64(bitPattern: bits &<< UInt64(64 &- width)) &>> Int64(64 &- width)
    }

    private func append(
        _ bits: UInt64,
        width: Int,
        _ isSigned: Bool,
        _ table: Int,
        to output: inout JSONCursor
    ) {
        if let name = program.names[table][bits] {
            output.append(name)
        } else if isSigned {
            output.append(Self.signed(bits, width))
        } else {
            output.append(bits)
        }
    }

    private func append(_ value: JSONValue, to output: inout JSONCursor) {
        output.append(Array(value.description.utf8))
    }

    private func appendItems(
        _ program: Int,
        _ count: Int,
        _ stride: Int,
        _ bytes: RawSpan,
        at offset: Int,
        to output: inout JSONCursor
    ) {
        output.append(UInt8(ascii: "["))
        let runner = self.program.runners[program]
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            runner.run(bytes, at: offset &+ index &* stride, to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    private func append(
        _ union: JSONProgram.Union,
        _ bytes: RawSpan,
        at offset: Int,
        to output: inout JSONCursor
    ) {
        output.append(UInt8(ascii: "{"))
        for member in union.members where member.plan.readsValue(bytes, at: offset) {
            output.append(member.name)
            program.runners[member.program].run(bytes, at: offset, to: &output)
            output.append(UInt8(ascii: ","))
        }
        output.append(union.rawName)
        output.appendHexString(bytes, offset, union.size)
        output.append(UInt8(ascii: "}"))
    }

    private func append(_ variants: JSONProgram.Variants, _ bytes: RawSpan, to output: inout JSONCursor) {
        guard let bits = variants.plan.tagBits(in: bytes) else { return }
        let start = variants.plan.start
        if let index = variants.plan.index(ofTag: bits) {
            let (name, runner) = variants.cases[index]
            output.append(name)
            return program.runners[runner].run(bytes.extracting(start..<bytes.byteCount), at: 0, to: &output)
        }
        output.append(variants.tagName)
        let (value, type): (FieldValue, FieldType) =
            switch variants.tag {
            case .integer(let integer): (integer.value(bits: bits), .integer(integer))
            case .bits(let type): (type.value(bits: bits), .bits(type))
            }
        append(JSONValue(value, of: type, at: FieldPath(), TextPolicy()), to: &output)
        output.append(variants.bytesName)
        output.appendText(bytes, start, bytes.byteCount - start, variants.bytesMode)
    }

    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
}

extension JSONCursor {
    /// `"hex:00ff"`.
    mutating func appendHexString(_ bytes: RawSpan, _ first: Int, _ size: Int) {
        append(Self.hexStart)
        appendHex(bytes, first, size)
        append(UInt8(ascii: "\""))
    }

    /// A field's bytes as a string, as the policy for it says.
    mutating func appendText(_ bytes: RawSpan, _ first: Int, _ size: Int, _ mode: JSONProgram.TextMode) {
        if case .hex = mode { return appendHexString(bytes, first, size) }
        var length = 0
        var plain = 0
        while length < size {
            let byte = bytes.byte(at: first &+ length)
            if byte == 0 { break }
            // What is neither a control, nor special in JSON, nor the start of more than ASCII.
            if byte >= 0x20, byte < 0x7F, byte != 0x22, byte != 0x5C { plain &+= 1 }
            length &+= 1
        }
        // Whatever begins like the mark of bytes is looked at closely.
        let isHexLike = length >= 4 && bytes.byte(at: first) == 0x68 && bytes.byte(at: first &+ 1) == 0x65
        guard plain == length, !isHexLike, length > 0 || mode == .text,
            mode != .tail || length == size
        else { return appendSlowly(bytes, first, size, mode) }
        append(UInt8(ascii: "\""))
        append(bytes, first, length)
        append(UInt8(ascii: "\""))
    }

    @inline(never)
    private mutating func appendSlowly(
        _ bytes: RawSpan,
        _ first: Int,
        _ size: Int,
        _ mode: JSONProgram.TextMode
    ) {
        let content = (first..<first + size).map { bytes.byte(at: $0) }
        let type: FieldType =
            switch mode {
            case .field: .bytes(count: size)
            case .tail: .tail(TailType(.bytes))
            case .text, .hex: .text(capacity: size)
            }
        append(Array("\(JSONValue(.bytes(content), of: type, at: FieldPath(), TextPolicy()))".utf8))
    }

    private static let hexStart = Array("\"hex:".utf8)
}
