meta:
  id: bench_elf
  endian: le
seq:
  - id: header
    type: header
instances:
  sections:
    pos: header.sections_offset
    type: section
    repeat: expr
    repeat-expr: header.section_count
types:
  header:
    seq:
      - id: magic
        contents: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]
      - id: abi
        type: u1
        enum: abi
      - id: padding
        size: 8
      - id: kind
        type: u2
        enum: kind
      - id: machine
        type: u2
      - id: version
        type: u4
      - id: entry
        type: u8
      - id: segments_offset
        type: u8
      - id: sections_offset
        type: u8
      - id: flags
        type: u4
      - id: size
        type: u2
      - id: segment_size
        type: u2
      - id: segment_count
        type: u2
      - id: section_size
        type: u2
      - id: section_count
        type: u2
      - id: names_section
        type: u2
  section:
    seq:
      - id: name_offset
        type: u4
      - id: type
        type: u4
        enum: section_type
      - id: flags
        type: u8
      - id: address
        type: u8
      - id: offset
        type: u8
      - id: size
        type: u8
      - id: link
        type: u4
      - id: info
        type: u4
      - id: alignment
        type: u8
      - id: entry_size
        type: u8
    instances:
      name:
        pos: _root.sections[_root.header.names_section].offset + name_offset
        type: strz
        encoding: ASCII
      symbols:
        pos: offset
        size: size
        type: symbols
        if: type == section_type::symtab or type == section_type::dynsym
  symbols:
    seq:
      - id: items
        type: symbol
        repeat: eos
  symbol:
    seq:
      - id: name_offset
        type: u4
      - id: binding
        type: b4
        enum: binding
      - id: type
        type: b4
        enum: symbol_type
      - id: other
        type: u1
      - id: section_index
        type: u2
      - id: value
        type: u8
      - id: size
        type: u8
    instances:
      name:
        io: _root._io
        pos: _root.sections[_parent._parent.as<section>.link].offset + name_offset
        type: strz
        encoding: ASCII
enums:
  abi:
    0: sysv
    1: hpux
    2: netbsd
    3: gnu
    6: solaris
    7: aix
    8: irix
    9: freebsd
    10: tru64
    11: modesto
    12: openbsd
    13: openvms
    14: nonstop
  kind:
    0: none
    1: relocatable
    2: executable
    3: shared
    4: core
  section_type:
    0: null_section
    1: progbits
    2: symtab
    3: strtab
    4: rela
    5: hash
    6: dynamic
    7: note
    8: nobits
    9: rel
    10: shlib
    11: dynsym
    14: init_array
    15: fini_array
    16: preinit_array
    17: group
    18: symtab_shndx
  binding:
    0: local
    1: global
    2: weak
  symbol_type:
    0: none
    1: object
    2: func
    3: section
    4: file
    5: common
    6: tls
