// Memory used after it was given back, memory beyond its end, and memory that nobody gives back.
import Glibc

let mistake = CommandLine.arguments[1]

@inline(never) func sum(_ numbers: UnsafeMutablePointer<Int>, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 &+ numbers[$1] }
}

@inline(never) func make() -> UnsafeMutablePointer<Int> {
    let numbers = UnsafeMutablePointer<Int>.allocate(capacity: 8)
    numbers.initialize(repeating: 1, count: 8)
    return numbers
}

switch mistake {
case "list": print("use-after-free overflow leak")
case "use-after-free":
    let numbers = make()
    numbers.deallocate()
    print(sum(numbers, 8))
case "overflow":
    let numbers = make()
    print(sum(numbers, 9))
    numbers.deallocate()
case "leak":
    // Many, as one address may stay in a register.
    for _ in 0..<100 { print(sum(make(), 8)) }
default:
    let numbers = make()
    print(sum(numbers, 8))
    numbers.deallocate()
}
