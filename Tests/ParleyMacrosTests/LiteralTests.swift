import ParleyMacros
import Testing

@Suite struct LiteralTests {
    @Test func `text that may be too long throws, as a literal too`() throws {
        #expect(throws: WireError(.doesNotFit(bytes: 7, capacity: 4))) { try CString<4>(text: "Zürich") }
        #expect(try CString<7>(text: "Zürich") == "Zürich")
        let text = "Zürich"
        #expect(throws: WireError(.doesNotFit(bytes: 7, capacity: 4))) { try CString<4>(text) }
        #expect(throws: WireError(.doesNotFit(bytes: 2, capacity: 4))) { try Bytes<4>([1, 2]) }
    }

    @Test func `a literal that does not fit stops the program with a sentence`() async {
        await #expect(processExitsWith: .failure) {
            let name: CString<4> = "Zürich"
            print(name)
        }
    }
}
