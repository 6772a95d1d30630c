meta:
  id: case
  imports:
    - part
    - /deep/er
    - missing
params:
  - id: size
    type: u1
seq:
  - id: one
    type: part::bodyy
  - id: one
    type: part::body(1)
  - id: two
    type:
      switch-on: one.len
      cases:
        1: in_here
        2: in_her
        _: er
  - id: three
    type: u1
    enum: part::kinds
  - id: four
    type: u1
    enum: knd
instances:
  size:
    value: 2
types:
  in_here:
    seq:
      - id: up
        type: case
      - id: kind
        type: u1
        enum: kind
enums:
  kind:
    1: cat
    2: dog
    0x2: cow
    3: cat
