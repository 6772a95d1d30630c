meta:
  id: case
  endain: le
  -my-note: keys that start with '-' are passed over
seq:
  - id: len
    type: u1
    size: 4
  - id: body
    repeat: expr
    size: len
instances:
  double:
    value: len * 2
    type: u2
