extension Int64 {
    /// Whole nanoseconds of a number of them, held to 0...`max`.
    init(nanoseconds: Double) {
        self = nanoseconds > 0 ? (nanoseconds < 0x1p63 ? Int64(nanoseconds) : .max) : 0
    }
}
