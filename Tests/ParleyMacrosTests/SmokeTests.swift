import ParleyMacros
import Testing

@Suite struct SmokeTests {
    @Test func score() throws {
        let score = Score(name: "Trans", math: 83, chinese: 86)
        let bytes = try score.encodedBytes()
        #expect(bytes == Array("Trans".utf8) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 83, 0, 0, 0, 86])
        #expect(try Score(decoding: bytes) == score)
    }
}
