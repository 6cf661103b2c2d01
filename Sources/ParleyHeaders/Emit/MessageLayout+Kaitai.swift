public import ParleyWire

extension MessageLayout {
    public func kaitaiStruct(_ options: EmissionOptions = EmissionOptions()) throws(EmissionError) -> String { "" }
}
