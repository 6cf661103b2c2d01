import ParleyWire

extension LuaEmitter {
    /// The whole script: what all dissectors have, the structs, and where packets come in.
    func script(of layout: MessageLayout, root: String, _ options: EmissionOptions) -> String {
        let port = options.udpPorts.first ?? options.tcpPorts.first ?? 8089
        let transport = options.udpPorts.isEmpty && !options.tcpPorts.isEmpty ? "tcp" : "udp"
        let origin = options.origin.map { ", from \($0.inComment)" } ?? ""
        let example = layout.fields.first { $0.role == .value }.map { filter + "." + $0.name.asciiIdentifier }
        let title = luaString(layout.name)
        var source = SourceText()
        source.line("-- A Wireshark dissector of \(layout.name.inComment)\(origin).")
        source.line("-- Written by parley layout --emit lua. Copy it into a folder of Lua plugins, or:")
        source.line("--")
        source.line(
            "--   tshark -X lua_script:\(filter).lua -d \(transport).port==\(port),\(filter) -r packets.pcap "
                + "-T fields -e \(example ?? filter)"
        )
        source.line()
        let known =
            "Wireshark has a protocol \(filter) already: write this dissector with "
            + "parley layout --emit lua --name \(filter)_message"
        source.line("local is_new, proto = pcall(Proto, \(luaString(filter)), \(title))")
        source.line("if not is_new then")
        source.line("    error(\(luaString(known)), 0)")
        source.line("end")
        source.line("local notes = {")
        source.indented { source in
            source.line(Self.note("short", filter, "The message ends too early", "MALFORMED", "ERROR"))
            source.line(Self.note("extra", filter, "Bytes behind the message", "MALFORMED", "WARN"))
            source.line(
                Self.note("value", filter, "A value that the layout does not allow", "PROTOCOL", "WARN")
            )
        }
        source.line("}")
        source.line("proto.experts = { notes.short, notes.extra, notes.value }")
        source.line()
        source.lines(Self.library.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        if needsBits {
            source.lines(
                Self.bitsFunction.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
        if !tables.isEmpty {
            source.line("-- Values with names.")
            source.line("local names = {}")
            source.line()
            for table in tables {
                source.lines(table.split(separator: "\n").map(String.init))
                source.line()
            }
        }
        source.line("-- For each struct: its fields under a path, and the walk over its bytes.")
        source.line("local fields = {}")
        source.line("local walk = {}")
        source.line()
        for function in functions {
            source.lines(function.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
        source.line("local f = fields.\(root)(\(luaString(filter)))")
        source.line("proto.fields = registered")
        source.line()
        entry(layout, root, &source)
        source.line()
        claim("udp", options.udpPorts, &source)
        claim("tcp", options.tcpPorts, &source)
        return source.text
    }

    private static func note(
        _ name: String,
        _ filter: String,
        _ text: String,
        _ group: String,
        _ severity: String
    ) -> String {
        "\(name) = ProtoExpert.new(\"\(filter)._note.\(name)\", \"\(text)\", "
            + "expert.group.\(group), expert.severity.\(severity)),"
    }

    /// Datagrams and streams.
    private func entry(_ layout: MessageLayout, _ root: String, _ source: inout SourceText) {
        source.lines(
            """
            -- One message that fills the buffer.
            local function dissect_message(buffer, pinfo, tree)
                pinfo.cols.protocol = \(luaString(filter.uppercased()))
                pinfo.cols.info = \(luaString(layout.name + ", ")) .. in_words(buffer:len())
                local item = tree:add(proto, buffer())
                local r = reader(buffer)
                local ok, problem = pcall(walk.\(root), r, item, f)
                if not ok then
                    -- Only a message that ends too early is an error of ours.
                    if type(problem) ~= "table" then error(problem, 0) end
                    item:add_proto_expert_info(notes.short, problem.text)
                elseif r:left() > 0 then
                    item:add_proto_expert_info(notes.extra, in_words(r:left()) .. " behind the message")
                end
                return buffer:len()
            end
            """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        )
        source.line()
        let isBackToBack = Framing.following(layout).isBackToBack
        if layout.isFixedSize {
            let unit = layout.sizeMinimum == 1 ? "byte" : "bytes"
            source.line("-- On TCP messages of \(layout.sizeMinimum) \(unit) stand back to back.")
            source.line("local function frame_length()")
            source.line("    return \(layout.sizeMinimum)")
            source.line("end")
            source.line()
            source.line("local dissect_frame = dissect_message")
        } else if isBackToBack {
            let text = Self.selfCutting(root: root)
            source.lines(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        } else {
            source.lines(
                Self.prefixed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
        source.line()
        let header = layout.isFixedSize || isBackToBack ? layout.sizeMinimum : 4
        source.lines(
            """
            function proto.dissector(buffer, pinfo, tree)
                if pinfo.port_type ~= 2 then return dissect_message(buffer, pinfo, tree) end
                dissect_tcp_pdus(buffer, tree, \(header), frame_length, dissect_frame)
                return buffer:len()
            end
            """.split(separator: "\n").map(String.init)
        )
    }

    private func claim(_ transport: String, _ ports: [UInt16], _ source: inout SourceText) {
        guard !ports.isEmpty else {
            source.line("DissectorTable.get(\"\(transport).port\"):add_for_decode_as(proto)")
            return
        }
        for port in ports { source.line("DissectorTable.get(\"\(transport).port\"):add(\(port), proto)") }
    }

    /// What every dissector has.
    private static let library = """
        -- Every field, for Wireshark to know.
        local registered = {}

        local function register(field)
            registered[#registered + 1] = field
            return field
        end

        -- Text that ends at the first NUL; the item covers all its bytes.
        local function add_text(tree, field, range)
            return tree:add(field, range, (range:string(ENC_UTF_8):gsub("%z.*", "")))
        end

        -- Bytes; where they are text up to zeros at the end, the text stands beside them.
        local function add_bytes(tree, field, range)
            local item = tree:add(field, range)
            local text = range:string(ENC_UTF_8):gsub("%z+$", "")
            if #text > 1 and not text:find("[^\\32-\\126]") then item:append_text(" (" .. text .. ")") end
            return item
        end

        -- A struct inside of another: a branch of the tree, with fields of its own.
        local function branch(filter, name, fields)
            return { item = register(ProtoField.none(filter, name)), fields = fields }
        end

        -- The place of an element, in front of it.
        local function mark(item, place)
            item:prepend_text(place .. " ")
        end

        -- Walks over a message. What lies behind its end is an error, which dissect_message() tells.
        local Reader = {}
        Reader.__index = Reader

        local function in_words(bytes)
            return string.format(bytes == 1 and "%d byte" or "%d bytes", bytes)
        end

        local function reader(buffer)
            return setmetatable({ buffer = buffer, at = 0, stop = buffer:len(), quiet = 0 }, Reader)
        end

        function Reader:left()
            return self.stop - self.at
        end

        function Reader:need(size, what)
            if size < 0 or size > self:left() then
                local verb = self:left() == 1 and "is" or "are"
                local text = "%s needs %s at byte %d, where %d %s left"
                local told = string.format(text, what, in_words(size), self.at, self:left(), verb)
                error({ text = told, never = size < 0 }, 0)
            end
        end

        function Reader:take(size, what)
            self:need(size, what)
            self.range = self.buffer(self.at, size)
            self.at = self.at + size
            return self.range
        end

        -- Looks at bytes ahead.
        function Reader:peek(distance, size, what)
            self:need(distance + size, what)
            self.range = self.buffer(self.at + distance, size)
        end

        -- A number of bytes that a field says, when there are so many.
        function Reader:counted(size, what)
            self:need(size, what)
            return size
        end

        function Reader:check(tree, holds, sentence)
            if not holds and self.quiet == 0 then tree:add_proto_expert_info(notes.value, sentence) end
        end

        function Reader:branch(tree, field, walk, place)
            if self:left() == 0 then return walk(self, tree, field.fields) end
            local first = self.at
            local item = tree:add(field.item, self.buffer(first, self:left()))
            if place then mark(item, place) end
            walk(self, item, field.fields)
            item:set_len(self.at - first)
        end

        """

    private static let bitsFunction = """
        -- The number that some bits of up to six bytes are.
        local function bits_of(range, is_little, shift, width)
            local number = 0
            for index = 0, range:len() - 1 do
                local place = is_little and range:len() - 1 - index or index
                number = number * 256 + range(place, 1):uint()
            end
            return math.floor(number / 2 ^ shift) % 2 ^ width
        end

        """

    /// How messages are cut that say themselves where they end: by walking over them.
    private static func selfCutting(root: String) -> String {
        """
        -- On TCP messages stand back to back; each says itself where it ends.
        local message_bytes_max = 16 * 1024 * 1024

        -- A tree that takes everything and shows nothing.
        local nowhere = setmetatable({}, {
            __index = function() return function(self) return self end end,
        })

        local function frame_length(buffer, pinfo, offset)
            local rest = buffer(offset):tvb()
            local r = reader(rest)
            local ok, problem = pcall(walk.\(root), r, nowhere, f)
            if ok then return r.at end
            if type(problem) ~= "table" then error(problem, 0) end
            -- No message ends so: what is here is shown, and more is not waited for.
            if problem.never or rest:len() > message_bytes_max then return rest:len() end
            -- One more segment.
            return 0
        end

        local dissect_frame = dissect_message
        """
    }

    private static let prefixed = """
        -- On TCP each message stands behind its length: 4 bytes, network order, not counting themselves.
        local message_bytes_max = 16 * 1024 * 1024

        local function frame_length(buffer, pinfo, offset)
            local length = buffer(offset, 4):uint()
            -- No message is that long: what is here is shown, and more is not waited for.
            if length > message_bytes_max then return buffer:len() - offset end
            return 4 + length
        end

        local function dissect_frame(buffer, pinfo, tree)
            local length = buffer(0, 4)
            local item = tree:add(length, "length of the message: " .. length:uint())
            if length:uint() > message_bytes_max then
                item:add_proto_expert_info(notes.value, "messages have at most 16 MiB")
            elseif length:uint() == 0 then
                item:add_proto_expert_info(notes.short, "a message of no bytes")
            else
                dissect_message(buffer(4):tvb(), pinfo, tree)
            end
            return buffer:len()
        end
        """
}
