meta:
  id: case
seq:
  - id: Len
    type: u1
types:
  2d: {}
instances:
  _hidden:
    value: 1
enums:
  kind:
    1: 1st
