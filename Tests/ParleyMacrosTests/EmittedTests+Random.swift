/// The random layouts of ``EmittedTests`` beside the types that were written for them.
extension EmittedTests {
    static func compareRandom() throws {
        try compare(random1.self, random(1), seed: 1)
        try compare(random2.self, random(2), seed: 2)
        try compare(random3.self, random(3), seed: 3)
        try compare(random4.self, random(4), seed: 4)
        try compare(random5.self, random(5), seed: 5)
        try compare(random6.self, random(6), seed: 6)
        try compare(random7.self, random(7), seed: 7)
        try compare(random8.self, random(8), seed: 8)
        try compare(random9.self, random(9), seed: 9)
        try compare(random10.self, random(10), seed: 10)
        try compare(random11.self, random(11), seed: 11)
        try compare(random12.self, random(12), seed: 12)
        try compare(random13.self, random(13), seed: 13)
        try compare(random14.self, random(14), seed: 14)
        try compare(random15.self, random(15), seed: 15)
        try compare(random16.self, random(16), seed: 16)
        try compare(random17.self, random(17), seed: 17)
        try compare(random18.self, random(18), seed: 18)
        try compare(random19.self, random(19), seed: 19)
        try compare(random20.self, random(20), seed: 20)
        try compare(random21.self, random(21), seed: 21)
        try compare(random22.self, random(22), seed: 22)
        try compare(random23.self, random(23), seed: 23)
        try compare(random24.self, random(24), seed: 24)
    }
}
