// `import ParleyFlow` brings its parts, and the instants that they are told.
@_exported public import ParleyTypes
