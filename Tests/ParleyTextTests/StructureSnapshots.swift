/// Drawings of the samples, as they were looked at and found good.
enum StructureSnapshots {
    static let score = """
        struct score_st  proto.h:2

                0   2   4   6   8   10  12  14  16  18  20  22  24
        x86-64  │name                     │░░░░░│math   │chinese│
        m68k    │name                     │░│math   │chinese│
        packed  │name                     │math   │chinese│

                                    x86-64 LE             m68k BE
        field                       offset  size  align   offset  size  align
        name          uint8_t[13]        0    13      1        0    13      1
        ░ padding                       13     3              13     1
        math          uint32_t          16     4      4       14≠    4      2
        chinese       uint32_t          20     4      4       18≠    4      2
        sizeof                                24      4             22≠     2

                                    packed
        field                       offset  size  align
        name          uint8_t[13]        0    13      1
        ░ padding                        -
        math          uint32_t          13≠    4      1
        chinese       uint32_t          17≠    4      1
        sizeof                                21≠     1

        ░ belongs to no field; ≠ differs from x86-64; LE, BE: numbers begin with their
        least, most significant byte

        memcpy from x86-64 to m68k
          math       begins at byte 14 (not 16) and has its bytes reversed on m68k
          chinese    begins at byte 18 (not 20) and has its bytes reversed on m68k
          the whole  the 3 bytes of padding on x86-64 carry whatever memory held; sizeof
                     is 22 (not 24) on m68k
          name arrives as it is.

        """

    static let packet = """
        struct packet  proto.h:8

                       0     2     4     6     8     10    12    14
        x86-64         │::│░░│check│ta│░░░░░░░░│where.x                │
        s390x          │::│░░│check│ta│░░░░░░░░│where.x                │
        x86-64 packed  │::│check│ta│where.x                │           ┊
        s390x packed   │::│check│ta│where.x                │           ┊

                       16    18    20    22    24    26    28    30
        x86-64         │path                                           ┊
        s390x          │path                                           ┊
        x86-64 packed  ┊path                                     │     ┊
        s390x packed   ┊path                                     │     ┊

                       32    34    36    38    40    42    44    46    48
        x86-64         ┊                       │u                      │text[] ▸
        s390x          ┊                       │u                      │text[] ▸
        x86-64 packed  ┊u          │text[] ▸
        s390x packed   ┊u          │text[] ▸

        bits           byte 0
                       7   6   5   4   3   2   1   0
        x86-64         │░░░│flags      │version        │
        s390x          │version        │flags      │░░░│
        x86-64 packed  │░░░│flags      │version        │
        s390x packed   │version        │flags      │░░░│

                                           x86-64 LE             s390x BE
        field                              offset  size  align   offset  size  align
        version          uint8_t              0.0    4b             0.0≠   4b
        flags            uint8_t              0.4    3b             0.4≠   3b
        ░ padding                             0.7    9b             0.7    9b
        check            uint16_t               2     2      2        2     2      2
        where            struct point           4    12      4        4    12      4
          tag            char                   4     1      1        4     1      1
          ░ padding                             5     3               5     3
          x              int32_t[2]             8     8      4        8     8      4
        path             struct point[2]       16    24      4       16    24      4
          tag            char                  16     1      1       16     1      1
          ░ padding ×2                         17     3              17     3
          x              int32_t[2]            20     8      4       20     8      4
        u                union {…}             40     8      4       40     8      4
          raw            uint8_t[6]            40     6      1       40     6      1
          word           uint32_t              40     4      4       40     4      4
          ░ end padding                        46     2              46     2
        text             char[]                48  open      1       48  open      1
        sizeof                                       48      4             48      4

                                           x86-64 packed         s390x packed
        field                              offset  size  align   offset  size  align
        version          uint8_t              0.0    4b             0.0≠   4b
        flags            uint8_t              0.4    3b             0.4≠   3b
        ░ padding                             0.7    1b             0.7    1b
        check            uint16_t               1≠    2      1        1≠    2      1
        where            struct point           3≠    9≠     1        3≠    9≠     1
          tag            char                   3≠    1      1        3≠    1      1
          ░ padding                             -                     -
          x              int32_t[2]             4≠    8      1        4≠    8      1
        path             struct point[2]       12≠   18≠     1       12≠   18≠     1
          tag            char                  12≠    1      1       12≠    1      1
          ░ padding ×2                          -                     -
          x              int32_t[2]            13≠    8      1       13≠    8      1
        u                union {…}             30≠    6≠     1       30≠    6≠     1
          raw            uint8_t[6]            30≠    6      1       30≠    6      1
          word           uint32_t              30≠    4      1       30≠    4      1
          ░ end padding                         -                     -
        text             char[]                36≠ open      1       36≠ open      1
        sizeof                                       36≠     1             36≠     1

        ░ belongs to no field; ≠ differs from x86-64; LE, BE: numbers begin with their
        least, most significant byte; 3.4: byte 3, bit 4 as the machine counts

        room for text behind 48 bytes on x86-64 and s390x, behind 36 bytes on x86-64
          packed and s390x packed
             460     472 bytes of    508  IPv4's guarantee with all options (576-60-8)
             464     476 bytes of    512  the DNS payload limit (RFC 1035)
             500     512 bytes of    548  IPv4's guarantee (576-20-8)
            1184    1196 bytes of   1232  the IPv6-safe limit (1280-40-8)
            1404    1416 bytes of   1452  one Ethernet frame over IPv6 (1500-40-8)
            1424    1436 bytes of   1472  one Ethernet frame (1500-20-8)
           65459   65471 bytes of  65507  UDP over IPv4 (65535-20-8)
           65479   65491 bytes of  65527  UDP over IPv6 (65535-8)
          212912  212924 bytes of 212960  a Unix datagram, default buffer (212992-32)
          The classical sum 512 - 8 - 48 = 456, 512 - 8 - 36 = 468 counts UDP's header
          to the 512, which limit the message alone.

        memcpy from x86-64 to s390x
          version    lies in bits 7 to 4 of byte 0 (not bits 3 to 0 of byte 0) on s390x
          flags      lies in bits 3 to 1 of byte 0 (not bits 6 to 4 of byte 0) on s390x
          check      has its bytes reversed on s390x
          where.tag  is unsigned, so values with the highest bit set are other numbers
                     on s390x
          where.x    has the bytes of each element reversed on s390x
          path.tag   is unsigned, so values with the highest bit set are other numbers
                     on s390x
          path.x     has the bytes of each element reversed on s390x
          u.word     has its bytes reversed on s390x
          text       is unsigned, so values with the highest bit set are other numbers
                     on s390x
          the whole  the 12 bytes and 1 bit of padding on x86-64 carry whatever memory
                     held
          u.raw arrives as it is.

        """

    static let difference = """
        struct s  on x86-64

             0       1       2       3       4       5       6       7       8
        old  │a                              │b              │
        new  │x              │a                              │b              │

          + x  is new at byte 0, where other bytes were
          ~ a  begins at byte 2, was at byte 0
          ~ b  begins at byte 6, was at byte 4
        broken: old receivers misread new messages, and new receivers old ones; the size
          was 6 bytes and is 8.

        """

    static let pointJSON =
        #"{"schema":"parley.layout/1","struct":"point","file":"proto.h","line":7,"layouts":[{"abi""#
        + #":"x86-64","packed":false,"byteOrder":"little","kind":"struct","size":12,"align":4,"field"#
        + #"s":[{"field":"tag","type":"char","offset":0,"size":1,"align":1},{"field":"x","type":"int"#
        + #"32_t[2]","offset":4,"size":8,"align":4}],"gaps":[{"offset":1,"size":3,"atEnd":false}]},{"#
        + #""abi":"avr","packed":false,"byteOrder":"little","kind":"struct","size":9,"align":1,"fiel"#
        + #"ds":[{"field":"tag","type":"char","offset":0,"size":1,"align":1},{"field":"x","type":"in"#
        + #"t32_t[2]","offset":1,"size":8,"align":1}],"gaps":[]},{"abi":"x86-64","packed":true,"byte"#
        + #"Order":"little","kind":"struct","size":9,"align":1,"fields":[{"field":"tag","type":"char"#
        + #"","offset":0,"size":1,"align":1},{"field":"x","type":"int32_t[2]","offset":1,"size":8,"a"#
        + #"lign":1}],"gaps":[]},{"abi":"avr","packed":true,"byteOrder":"little","kind":"struct","si"#
        + #"ze":9,"align":1,"fields":[{"field":"tag","type":"char","offset":0,"size":1,"align":1},{""#
        + #"field":"x","type":"int32_t[2]","offset":1,"size":8,"align":1}],"gaps":[]}],"copies":[{"f"#
        + #"rom":"x86-64","to":["avr"],"faults":[{"field":"x","causes":["moved"],"sentence":"begins "#
        + #"at byte 1 (not 4) on avr"},{"field":null,"causes":["gap","size"],"sentence":"the 3 bytes"#
        + #" of padding on x86-64 carry whatever memory held; sizeof is 9 (not 12) on avr"}],"intact"#
        + #"":["tag"]}],"rooms":[]}"#

    static let differenceJSON =
        #"{"schema":"parley.layout-diff/1","struct":"s","old":"old.h","new":"new.h","abi":"x86-64""#
        + #","verdict":"broken","consequence":"old receivers misread new messages, and new receivers"#
        + #" old ones; the size was 6 bytes and is 8","oldSize":6,"newSize":8,"changes":[{"field":"x"#
        + #"","change":"inserted","sentence":"is new at byte 0, where other bytes were"},{"field":"a"#
        + #"","change":"moved","sentence":"begins at byte 2, was at byte 0"},{"field":"b","change":""#
        + #"moved","sentence":"begins at byte 6, was at byte 4"}],"constants":[]}"#
}
