meta:
  id: case
  endian: le
seq:
  - id: kind
    type: &number u2
  - id: size
    type: *number
