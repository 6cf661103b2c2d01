import Dispatch
import Glibc
import Parley
import Synchronization

// order-answerer PORT: adds amounts to a counter as answerer.c does; ends with SIGTERM and prints the counter.

@WireMessage
struct Order {
    var number: MessageNumber<UInt16>
    var amount: UInt32
}

let counter = Mutex<UInt32>(0)
let service = try await Mailbox(
    Order.self,
    at: .udp(port: CommandLine.arguments.count > 1 ? UInt16(CommandLine.arguments[1]) ?? 9000 : 9000)
)
signal(SIGTERM, SIG_IGN)
let end = DispatchSource.makeSignalSource(signal: SIGTERM)
// On a thread of Dispatch's, not the main actor, to which a closure of this file would belong.
end.setEventHandler { @Sendable in service.close() }
end.resume()
try await service.respond(remembering: .usual) { letter in
    Order(
        amount: counter.withLock {
            $0 &+= letter.message.amount
            return $0
        }
    )
}
print(counter.withLock(\.self))
