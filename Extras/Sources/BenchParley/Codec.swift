import BenchKit
import CBarrier
import Parley

/// The struct of Examples/score.
@WireMessage
struct Score {
    var name: CString<13>
    var math: UInt32
    var chinese: UInt32
}

/// The loop of Benchmarks/c/codec.c.
func measureCodec(seconds: Double) throws {
    var value = Score(name: "Trans", math: 83, chinese: 97)
    var other = value
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Score.wireSizeMinimum, alignment: 16)
    defer { buffer.deallocate() }
    var name = ""

    try measure("parley", "encode", seconds) { i in
        value.math = i
        barrier(&value)
        try encode(value, into: buffer)
        CBarrier.barrier(buffer.baseAddress!)
    }
    try measure("parley", "decode", seconds) { i in
        buffer[0] = UInt8(truncatingIfNeeded: i)
        CBarrier.barrier(buffer.baseAddress!)
        value = try decode(buffer)
        barrier(&value)
    }
    try measure("parley", "round trip", seconds) { i in
        value.math = i
        barrier(&value)
        try encode(value, into: buffer)
        CBarrier.barrier(buffer.baseAddress!)
        other = try decode(buffer)
        barrier(&other)
    }
    try measure("parley", "decode, name as String", seconds) { i in
        buffer[0] = UInt8(ascii: "A") + UInt8(truncatingIfNeeded: i) % 26
        CBarrier.barrier(buffer.baseAddress!)
        value = try decode(buffer)
        name = value.name.string
        barrier(&name)
    }
    guard other.math == value.math || other.chinese == 97 else { fail("wrong values") }
}

@inline(__always)
private func encode(_ score: Score, into buffer: UnsafeMutableRawBufferPointer) throws(WireError) {
    var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
    try score.encode(into: &output)
    _ = output.finalize(for: buffer)
}

@inline(__always)
private func decode(_ buffer: UnsafeMutableRawBufferPointer) throws(WireError) -> Score {
    let bytes = UnsafeRawBufferPointer(start: buffer.baseAddress, count: opaque(buffer.count))
    return try Score(decoding: RawSpan(_unsafeBytes: bytes))
}
