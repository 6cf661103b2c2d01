internal import ParleyTypes

/// What happens next: the sources of events (links, clocks of hosts), each with its next time, earliest first, equal
/// ones in the order in which they were set. A heap that knows where each source stands, so that a source that changes
/// its mind leaves nothing behind.
struct Agenda {
    private struct Entry {
        var time: Int64
        var order: UInt64
        var source: Int32

        func precedes(_ other: Entry) -> Bool {
            time == other.time ? order < other.order : time < other.time
        }
    }

    private var heap: [Entry] = []
    /// Where a source stands in the heap; -1 where it has nothing to do.
    private var places: [Int32] = []
    private var lastOrder: UInt64 = 0

    /// - Returns: the number of a new source.
    mutating func addSource() -> Int32 {
        places.append(-1)
        return Int32(places.count - 1)
    }

    var next: (time: MonotonicInstant, source: Int32)? {
        heap.isEmpty ? nil : (MonotonicInstant(nanoseconds: heap[0].time), heap[0].source)
    }

    /// Says when a source has something to do, nil for never.
    mutating func set(_ source: Int32, to time: MonotonicInstant?) {
        let place = Int(places[Int(source)])
        guard let time, time != .distantFuture else {
            if place >= 0 { remove(at: place) }
            return
        }
        if place >= 0 {
            guard heap[place].time != time.nanoseconds else { return }
            lastOrder += 1
            heap[place].time = time.nanoseconds
            heap[place].order = lastOrder
            siftDown(siftUp(place))
        } else {
            lastOrder += 1
            heap.append(Entry(time: time.nanoseconds, order: lastOrder, source: source))
            places[Int(source)] = Int32(heap.count - 1)
            siftUp(heap.count - 1)
        }
    }

    private mutating func remove(at place: Int) {
        places[Int(heap[place].source)] = -1
        let last = heap.removeLast()
        guard place < heap.count else { return }
        heap[place] = last
        places[Int(last.source)] = Int32(place)
        siftDown(siftUp(place))
    }

    @discardableResult
    private mutating func siftUp(_ start: Int) -> Int {
        var child = start
        let entry = heap[start]
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.precedes(heap[parent]) else { break }
            heap[child] = heap[parent]
            places[Int(heap[child].source)] = Int32(child)
            child = parent
        }
        heap[child] = entry
        places[Int(entry.source)] = Int32(child)
        return child
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        let entry = heap[start]
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(entry) else { break }
            heap[parent] = heap[child]
            places[Int(heap[parent].source)] = Int32(parent)
            parent = child
        }
        heap[parent] = entry
        places[Int(entry.source)] = Int32(parent)
    }
}
