import ParleyWire

/// A header as the compilers of several machines read it, as it is written and packed.
public struct HeaderStudy: Sendable {
    /// In the order asked for; never empty.
    public let readings: [Reading]
    /// The machines on which the header cannot be read at all.
    public let failures: [Failure]

    /// The header on one machine.
    public struct Reading: Sendable {
        public var abi: ABI
        public var asWritten: CHeader
        /// Nil in a study that leaves it out.
        public var packed: CHeader?
    }

    public struct Failure: Sendable, Hashable {
        public var abi: ABI
        public var error: HeaderError
    }

    /// Reads a header once for each machine, and once more packed.
    ///
    /// - Parameter isPackedToo: false for half of the work, when only what the header says is of interest.
    /// - Precondition: there is an ABI.
    /// - Throws: ``HeaderError`` when no machine can read it: the first one's.
    public init(
        _ source: HeaderSource,
        abis: [ABI],
        isPackedToo: Bool = true,
        limits: HeaderLimits = HeaderLimits(),
        loader: @escaping (IncludeRequest) -> HeaderSource? = { _ in nil }
    ) throws(HeaderError) {
        precondition(!abis.isEmpty, "a header is read for a machine")
        var readings: [Reading] = []
        var failures: [Failure] = []
        for abi in abis {
            do throws(HeaderError) {
                let asWritten = try CHeader(source, abi: abi, limits: limits, loader: loader)
                var reading = Reading(abi: abi, asWritten: asWritten)
                if isPackedToo {
                    reading.packed = try CHeader(
                        source,
                        abi: abi,
                        packing: .packed,
                        limits: limits,
                        loader: loader
                    )
                }
                readings.append(reading)
            } catch {
                failures.append(Failure(abi: abi, error: error))
            }
        }
        guard !readings.isEmpty else { throw failures[0].error }
        self.readings = readings
        self.failures = failures
    }

    /// The header on the machine that is compared with.
    public var header: CHeader { readings[0].asWritten }

    /// One struct on every machine that knows it: as written first, then packed.
    ///
    /// - Throws: ``HeaderError`` when none knows it.
    public func comparison(of name: String) throws(HeaderError) -> StructureComparison {
        var asWritten: [StructurePlan] = []
        var packed: [StructurePlan] = []
        var location: SourceLocation?
        var plain = name
        var failure: HeaderError?
        for reading in readings {
            do throws(HeaderError) {
                let structure = try reading.asWritten.structure(name)
                let packedStructure = try reading.packed?.structure(name)
                asWritten.append(StructurePlan(structure, reading.abi, packing: .asWritten))
                if let packedStructure {
                    packed.append(StructurePlan(packedStructure, reading.abi, packing: .packed))
                }
                location = location ?? structure.location
                plain = structure.name
            } catch {
                failure = failure ?? error
            }
        }
        if asWritten.isEmpty, let failure { throw failure }
        return StructureComparison(name: plain, location: location, plans: asWritten + packed)
    }

    /// The room in a struct's tail, once for each offset that machines give it.
    ///
    /// - Parameter tail: the last field, when it is not `x[]` by itself.
    /// - Returns: nothing for a struct without a tail, or one that is no message: with pointers, for example.
    /// - Throws: ``HeaderError`` when `tail` is named and is no tail.
    public func rooms(of name: String, tail: String?) throws(HeaderError) -> [TailRoom] {
        var rooms: [TailRoom] = []
        for reading in readings {
            let headers = [(reading.asWritten, "")] + (reading.packed.map { [($0, " packed")] } ?? [])
            for (header, label) in headers {
                let layout: MessageLayout
                do throws(HeaderError) {
                    layout = try header.layout(of: name, tail: tail)
                } catch {
                    if tail != nil { throw error }
                    continue
                }
                guard var room = TailRoom(layout) else { continue }
                let machine = reading.abi.name + label
                if let index = rooms.firstIndex(where: { $0.offset == room.offset }) {
                    rooms[index].machines.append(machine)
                } else {
                    room.machines = [machine]
                    rooms.append(room)
                }
            }
        }
        return rooms
    }
}
