/// The random layouts of ``EmittedTests`` beside the types that were written for them.
extension EmittedTests {
    static func compareRandom() throws {
        try compare(Random1.random1.self, random(1), seed: 1)
        try compare(Random2.random2.self, random(2), seed: 2)
        try compare(Random3.random3.self, random(3), seed: 3)
        try compare(Random4.random4.self, random(4), seed: 4)
        try compare(Random5.random5.self, random(5), seed: 5)
        try compare(Random6.random6.self, random(6), seed: 6)
        try compare(Random7.random7.self, random(7), seed: 7)
        try compare(Random8.random8.self, random(8), seed: 8)
        try compare(Random9.random9.self, random(9), seed: 9)
        try compare(Random10.random10.self, random(10), seed: 10)
        try compare(Random11.random11.self, random(11), seed: 11)
        try compare(Random12.random12.self, random(12), seed: 12)
        try compare(Random13.random13.self, random(13), seed: 13)
        try compare(Random14.random14.self, random(14), seed: 14)
        try compare(Random15.random15.self, random(15), seed: 15)
        try compare(Random16.random16.self, random(16), seed: 16)
        try compare(Random17.random17.self, random(17), seed: 17)
        try compare(Random18.random18.self, random(18), seed: 18)
        try compare(Random19.random19.self, random(19), seed: 19)
        try compare(Random20.random20.self, random(20), seed: 20)
        try compare(Random21.random21.self, random(21), seed: 21)
        try compare(Random22.random22.self, random(22), seed: 22)
        try compare(Random23.random23.self, random(23), seed: 23)
        try compare(Random24.random24.self, random(24), seed: 24)
    }
}
