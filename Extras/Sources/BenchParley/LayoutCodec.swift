import BenchKit
import CBarrier
import Parley

/// The loops of `measureCodec` with a layout that is known only at run time: fields found once, a message
/// that is read where it lies, and one that is put together in place.
func measureLayoutCodec(_ layout: MessageLayout, seconds: Double) throws {
    let compiled = CompiledLayout(layout)
    let name = try compiled.bytes("name")
    let math = try compiled.field("math", as: UInt32.self)
    let chinese = try compiled.field("chinese", as: UInt32.self)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.sizeMinimum, alignment: 16)
    defer { buffer.deallocate() }
    var draft = MessageDraft(compiled)
    try draft.set(name, "Trans")
    try draft.set(chinese, 97)
    var values: (first: UInt8, math: UInt32, chinese: UInt32) = (0, 0, 0)

    try measure("parley", "encode, layout at run time", seconds) { i in
        try draft.set(math, i)
        var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
        try draft.encode(into: &output)
        _ = output.finalize(for: buffer)
        CBarrier.barrier(buffer.baseAddress!)
    }
    try measure("parley", "decode, layout at run time", seconds) { i in
        buffer[0] = UInt8(truncatingIfNeeded: i)
        CBarrier.barrier(buffer.baseAddress!)
        let view = try MessageView(RawSpan(_unsafeBytes: message(buffer)), as: compiled)
        let text = view.bytes(name)
        values = (text.unsafeLoad(as: UInt8.self), view[math], view[chinese])
        barrier(&values)
    }
    try measure("parley", "decode to a DynamicMessage", seconds) { i in
        buffer[0] = UInt8(truncatingIfNeeded: i)
        CBarrier.barrier(buffer.baseAddress!)
        var message = try DynamicMessage(decoding: RawSpan(_unsafeBytes: message(buffer)), as: compiled)
        barrier(&message)
    }
    guard values.chinese == 97 else { fail("wrong values") }
}

@inline(__always)
private func message(_ buffer: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.baseAddress, count: opaque(buffer.count))
}
