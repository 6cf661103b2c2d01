// What `import Parley` brings: the three nouns (Mailbox, Connection, Listener), messages and their layouts,
// addresses and errors, and the macro that makes messages of structs.
@_exported public import ParleyCore
@_exported public import ParleyKernel
@_exported public import ParleyMacros
@_exported public import ParleyNetwork
@_exported public import ParleyTypes
@_exported public import ParleyWire

@_exported public import struct ParleyFlow.AnswerLimits
@_exported public import enum ParleyFlow.FlowError
@_exported public import enum ParleyFlow.PlayoutDelay
@_exported public import struct ParleyFlow.TimeoutSettings
