/// docs/port-reuse.md.
enum MatrixPage {
    static let text = ""
}
