import CParleyStart
import ParleyCommand

@main
enum Main {
    static func main() async {
        await Program.main(
            (0..<parley_argument_count()).map { unsafe String(cString: parley_argument($0)) }
        )
    }
}
