import ParleyKernel
import ParleyTypes

/// How a case ends: what the rules say, or what the kernel did.
enum MatrixOutcome: Sendable, Hashable {
    case succeeds
    case refused(ErrorCode)
    case nobody
    /// One socket has it all, by the name that the case gives it.
    case one(String)
    /// Each of these has a copy of everything.
    case everyone([String])
    /// Each peer meets one of these, always the same.
    case spread([String])
    /// Something lasts so many seconds.
    case seconds(Int)
    /// The case could not be made.
    case strange(String)

    init(_ verdict: BindVerdict) {
        self =
            switch verdict {
            case .succeeds: .succeeds
            case .fails(let code, _), .refused(let code, _): .refused(code)
            case .depends: .strange("depends")
            }
    }

    /// - Parameter names: Of the sockets, by cookie.
    init(_ reception: Reception, _ names: [UInt64: String]) {
        func list(_ sockets: [KernelSocket]) -> [String] { sockets.map { names[$0.cookie] ?? "?" }.sorted() }
        self =
            switch reception {
            case .nobody: .nobody
            case .one(let socket): .one(list([socket])[0])
            case .spread(let sockets): .spread(list(sockets))
            case .everyone(let sockets, let perhaps) where perhaps.isEmpty:
                sockets.count == 1 ? .one(list(sockets)[0]) : .everyone(list(sockets))
            case .everyone, .unknown: .strange("depends")
            }
    }
}

extension MatrixOutcome: CustomStringConvertible {
    var description: String {
        switch self {
        case .succeeds: "succeeds"
        case .refused(let code): code.name
        case .nobody: "nobody"
        case .one(let name): name
        case .everyone(let names): "each: " + names.joined(separator: ", ")
        case .spread(let names): "by a hash: " + names.joined(separator: ", ")
        case .seconds(let count): "\(count) s"
        case .strange(let text): text
        }
    }
}
