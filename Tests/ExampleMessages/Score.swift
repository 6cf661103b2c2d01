public import ParleyWire

/// The score of the examples.
public struct Score: WireMessage, Equatable {
    public var name: CString<13>
    public var math: UInt32
    public var chinese: UInt32

    public init(name: CString<13>, math: UInt32, chinese: UInt32) {
        self.name = name
        self.math = math
        self.chinese = chinese
    }

    public static let layout = MessageLayout(
        name: "Score",
        packing: [
            .init("name", CString<13>.fieldType), .init("math", UInt32.fieldType),
            .init("chinese", UInt32.fieldType),
        ]
    )

    public static var wireSizeMinimum: Int { 21 }

    public init(from reader: inout WireReader) throws(WireError) {
        name = try reader.read(CString<13>.self, "name")
        math = try reader.read(UInt32.self, "math")
        chinese = try reader.read(UInt32.self, "chinese")
    }

    public func write(to output: inout OutputRawSpan) throws(WireError) {
        try name.write(to: &output)
        try math.write(to: &output)
        try chinese.write(to: &output)
    }
}
