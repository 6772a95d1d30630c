meta:
  id: case
  endian: middle
seq:
  - id: pad
    size: 4
    pad-right: 256
  - id: end
    size-eos: maybe
  - id: kind
    type: u1
    repeat: thrice
enums:
  kind:
    one: first
    2:
