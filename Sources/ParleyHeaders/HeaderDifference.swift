import ParleyTypes
import ParleyWire

/// What changed on the wire between two versions of a header, on one machine.
public struct HeaderDifference: Sendable, Hashable {
    /// The structs of the new header in its order, then those that are gone.
    public var structs: [StructureDifference]
    /// Macros and enum values that both have and that differ.
    public var constants: [ConstantChange]

    public struct ConstantChange: Sendable, Hashable {
        public var name: String
        public var old: CHeader.Constant.Value
        public var new: CHeader.Constant.Value
    }

    /// Whether every message of the old version is still what the new one expects: structs and constants.
    /// What a constant is for is not known; it may be a tag.
    public var isSameOnTheWire: Bool {
        constants.isEmpty && structs.allSatisfy(\.verdict.isSameOnTheWire)
    }

    /// Compares every struct of two headers, or the one named.
    ///
    /// A struct that one of the two cannot lay out is an error when it is named, otherwise left out.
    ///
    /// - Parameter oldName: the struct of the old header that `name` is compared with, which must exist; nil
    ///   when it has the same name.
    public init(
        old: CHeader,
        new: CHeader,
        struct name: String? = nil,
        oldStruct oldName: String? = nil
    ) throws(HeaderError) {
        var structs: [StructureDifference] = []
        let names = name.map { [$0] } ?? new.structs + old.structs.filter { !new.structs.contains($0) }
        for structName in names {
            do throws(HeaderError) {
                structs.append(try Self.compare(structName, oldName, old, new))
            } catch {
                if name != nil { throw error }
            }
        }
        self.structs = structs
        let before = Dictionary(
            old.constants.map { ($0.name, $0.value) },
            uniquingKeysWith: { _, last in last }
        )
        constants = new.constants.compactMap { constant in
            guard let value = before[constant.name], value != constant.value else { return nil }
            return ConstantChange(name: constant.name, old: value, new: constant.value)
        }
    }

    private static func compare(
        _ name: String,
        _ named: String?,
        _ old: CHeader,
        _ new: CHeader
    ) throws(HeaderError) -> StructureDifference {
        let oldName = named ?? name
        let (isOld, isNew) = (old.defines(oldName), new.defines(name))
        // Who names both means two that exist; where neither has it, the new one's error says what there is.
        let before = isOld || named != nil ? try old.structure(oldName) : nil
        let now = isNew || !isOld || named != nil ? try new.structure(name) : nil
        return StructureDifference(
            name: now?.name ?? before?.name ?? name,
            old: before.map { StructurePlan($0, old.abi, packing: .asWritten) },
            new: now.map { StructurePlan($0, new.abi, packing: .asWritten) },
            oldCases: old.enumerationCases(of: oldName),
            newCases: new.enumerationCases(of: name)
        )
    }
}

extension CHeader {
    fileprivate func defines(_ name: String) -> Bool {
        do throws(HeaderError) {
            _ = try record(name)
            return true
        } catch {
            return false
        }
    }

    /// The names of values in a struct's fields, where it is a message.
    fileprivate func enumerationCases(of name: String) -> StructureDifference.EnumerationCases {
        do throws(HeaderError) {
            var cases: StructureDifference.EnumerationCases = [:]
            try layout(of: name).gather(into: &cases, prefix: "")
            return cases
        } catch {
            return [:]
        }
    }
}

extension MessageLayout {
    fileprivate func gather(into cases: inout StructureDifference.EnumerationCases, prefix: String) {
        for field in fields where field.role != .padding {
            field.type.gather(into: &cases, path: prefix + field.name)
        }
    }
}

extension FieldType {
    fileprivate func gather(into cases: inout StructureDifference.EnumerationCases, path: String) {
        switch self {
        case .enumeration(let enumeration): cases[path] = enumeration.cases
        case .bits(let bits):
            if case .enumeration(_, let names, _) = bits.kind { cases[path] = names }
        case .array(let element, _): element.gather(into: &cases, path: path)
        case .message(let layout): layout.gather(into: &cases, prefix: path + ".")
        case .union(let union):
            for member in union.members { member.type.gather(into: &cases, path: path + "." + member.name) }
        case .tail(let tail):
            if case .items(let item) = tail.element { item.gather(into: &cases, path: path) }
        case .integer, .float, .bool, .text, .bytes: break
        }
    }
}

extension HeaderDifference.ConstantChange: CustomStringConvertible {
    public var description: String {
        SafeText.line("\(name) was \(Self.text(old)), is \(Self.text(new))")
    }

    private static func text(_ value: CHeader.Constant.Value) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .text(let text): "\u{201C}\(text)\u{201D}"
        }
    }
}
