meta:
  id: point
  endian: le
seq:
  - id: x
    type: u2
  - id: y
    type: s2
instances:
  sum:
    value: x + y
