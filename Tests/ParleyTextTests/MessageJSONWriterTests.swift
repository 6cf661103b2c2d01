import ParleyText
import ParleyTypes
import ParleyWire
import Testing

@Suite struct MessageJSONWriterTests {
    static func written(_ bytes: [UInt8], by writer: MessageJSONWriter) -> Result<String, WireError> {
        var output = Array("before ".utf8)
        do throws(WireError) {
            try writer.append(unsafe bytes.span.bytes, to: &output)
        } catch {
            #expect(output == Array("before ".utf8))
            return .failure(error)
        }
        return .success(String(decoding: output.dropFirst(7), as: UTF8.self))
    }

    static func expected(_ bytes: [UInt8], _ layout: CompiledLayout, _ policy: TextPolicy)
        -> Result<String, WireError>
    {
        do throws(WireError) {
            return .success("\(try DynamicMessage(bytes, as: layout).json(policy))")
        } catch {
            return .failure(error)
        }
    }

    @Test("A message is the object that its values give")
    func score() throws {
        let writer = MessageJSONWriter(Samples.score)
        #expect(writer.isFast)
        let message = try DynamicMessage(
            as: Samples.score,
            values: ["name": "Trans", "math": 83, "chinese": .unsigned(4_294_967_295)]
        )
        #expect(
            Self.written(message.bytes, by: writer)
                == .success(#"{"name":"Trans","math":83,"chinese":4294967295}"#)
        )
    }

    @Test("Numbers have the digits that they have elsewhere", arguments: [1, 2, 4, 8])
    func numbers(_ size: Int) throws {
        for isSigned in [false, true] {
            let type = IntegerType(bytes: size, isSigned: isSigned)
            let layout = CompiledLayout(MessageLayout(name: "N", packing: [.init("n", .integer(type))]))
            let writer = MessageJSONWriter(layout)
            var values: Set<UInt64> = [0, 1, .max, .max - 1]
            var power: UInt64 = 1
            for _ in 0..<19 {
                power *= 10
                values.formUnion([power - 1, power, power + 1, power &* 9])
            }
            for shift in 0..<64 { values.formUnion([1 << shift, (1 << shift) &- 1]) }
            for value in values {
                let bytes = (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
                #expect(
                    Self.written(bytes, by: writer) == Self.expected(bytes, layout, TextPolicy())
                )
            }
        }
    }

    @Test("Every kind of field, a tail and a policy")
    func everything() throws {
        let message = try DynamicMessage(as: Samples.everything, values: Samples.everythingValues)
        let policies = [
            TextPolicy(), TextPolicy(bytesFields: ["key"]), TextPolicy(textFields: ["key"]),
            TextPolicy(textFields: ["points[1]"]),
        ]
        for policy in policies {
            #expect(
                Self.written(message.bytes, by: MessageJSONWriter(Samples.everything, policy))
                    == .success("\(message.json(policy))")
            )
        }
        let kinds = MessageJSONWriter(Samples.kinds())
        #expect(kinds.isFast)
        #expect(Self.written([1, 0x41, 0, 0, 0], by: kinds) == .success(#"{"hello":{"name":"A"}}"#))
    }

    @Test("Random layouts and bytes give the same text, or the same error", arguments: 0..<8 as Range<UInt64>)
    func random(_ seed: UInt64) throws {
        var random = RandomLayout(generator: SeededGenerator(seed: seed))
        var fast = 0
        var messages = 0
        for _ in 0..<250 {
            let layout = CompiledLayout(random.chance(3) ? random.choice() : random.layout())
            let names = layout.layout.valueNames
            var policy = TextPolicy()
            if random.chance(4) { policy.textFields = [names.first ?? ""] }
            if random.chance(4) { policy.bytesFields = [names.last ?? ""] }
            let writer = MessageJSONWriter(layout, policy)
            fast += writer.isFast ? 1 : 0
            for _ in 0..<20 {
                let bytes = random.bytes(for: layout.layout)
                let expected = Self.expected(bytes, layout, policy)
                if case .success = expected { messages += 1 }
                let written = Self.written(bytes, by: writer)
                #expect(written == expected, "seed \(seed): \(layout.layout.summary) of \(bytes)")
                if written != expected { return }
            }
        }
        // The test means something only if both ways are taken often.
        #expect(fast > 100)
        #expect(messages > 1000)
    }
}
