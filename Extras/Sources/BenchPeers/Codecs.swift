import BenchKit
import Foundation
import SwiftProtobuf

// The loop of Benchmarks/c/codec.c, step by step, with what each library offers in the place of `encode` and
// `decode`. Both allocate the bytes they encode into: neither can fill a buffer that exists. Both carry the
// name as `String`.

private struct JSONScore: Codable {
    var name: String
    var math: UInt32
    var chinese: UInt32
}

func measureProtobuf(seconds: Double) throws {
    var value = ProtobufScore.with {
        $0.name = "Trans"
        $0.math = 83
        $0.chinese = 97
    }
    var other = ProtobufScore()
    var bytes: [UInt8] = try value.serializedBytes()
    let mathOffset = bytes.firstIndex(of: 83)!

    try measure("protobuf", "encode", seconds) { i in
        value.math = i & 0x7f
        barrier(&value)
        bytes = try value.serializedBytes()
        barrier(&bytes)
    }
    try measure("protobuf", "decode", seconds) { i in
        bytes[mathOffset] = UInt8(truncatingIfNeeded: i) & 0x7f
        barrier(&bytes)
        value = try ProtobufScore(serializedBytes: bytes)
        barrier(&value)
    }
    try measure("protobuf", "round trip", seconds) { i in
        value.math = i & 0x7f
        barrier(&value)
        bytes = try value.serializedBytes()
        barrier(&bytes)
        other = try ProtobufScore(serializedBytes: bytes)
        barrier(&other)
    }
    guard other == value else { fail("protobuf: wrong values") }
}

func measureJSON(seconds: Double) throws {
    let encoder = JSONEncoder()
    let decoder = JSONDecoder()
    var value = JSONScore(name: "Trans", math: 83, chinese: 97)
    var other = value
    var bytes = try encoder.encode(value)
    let mathOffset = bytes.firstRange(of: Data("83".utf8))!.lowerBound + 1

    try measure("json", "encode", seconds) { i in
        value.math = 80 + i % 10
        barrier(&value)
        bytes = try encoder.encode(value)
        barrier(&bytes)
    }
    try measure("json", "decode", seconds) { i in
        bytes[mathOffset] = UInt8(ascii: "0") + UInt8(i % 10)
        barrier(&bytes)
        value = try decoder.decode(JSONScore.self, from: bytes)
        barrier(&value)
    }
    try measure("json", "round trip", seconds) { i in
        value.math = 80 + i % 10
        barrier(&value)
        bytes = try encoder.encode(value)
        barrier(&bytes)
        other = try decoder.decode(JSONScore.self, from: bytes)
        barrier(&other)
    }
    guard other.name == value.name, other.math == value.math else { fail("json: wrong values") }
}
