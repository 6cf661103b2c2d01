internal import ParleyLinks

/// Packets from one place to another: their way, and what decides their fates on it.
struct Flow {
    var from: Int32
    var to: Int32
    /// The link between the two hosts.
    var pair: Int32
    /// By the slot of the link.
    var states: [4 of LinkFlow]
    /// How many packets of it there are.
    var packetsInside = 0
    /// Whether nobody will send by it any more.
    var isReleased = false

    init(from: Int32, to: Int32, pair: Int32, key: UInt64) {
        self.from = from
        self.to = to
        self.pair = pair
        states = InlineArray(repeating: LinkFlow(key: key))
    }
}

/// Flows by number; the numbers of those that are over are given again.
struct FlowTable {
    private var flows: ContiguousArray<Flow> = []
    private var free: [Int32] = []

    mutating func add(_ flow: Flow) -> Int32 {
        if let index = free.popLast() {
            flows[Int(index)] = flow
            return index
        }
        flows.append(flow)
        return Int32(flows.count - 1)
    }

    subscript(index: Int32) -> Flow {
        @inline(__always) get { flows[Int(index)] }
        @inline(__always) _modify { yield &flows[Int(index)] }
    }

    /// Nobody sends by it any more.
    mutating func release(_ index: Int32) {
        flows[Int(index)].isReleased = true
        removeIfUnused(index)
    }

    mutating func removeIfUnused(_ index: Int32) {
        guard flows[Int(index)].isReleased, flows[Int(index)].packetsInside == 0 else { return }
        flows[Int(index)].isReleased = false
        free.append(index)
    }
}
