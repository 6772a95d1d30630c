meta:
  id: case
  encoding: ASCII
params:
  - id: len_name
    type: u4
  - id: has_mark
    type: bool
  - id: animal
    type: u1
    enum: kind
seq:
  - id: name
    type: str
    size: len_name
  - id: mark
    type: u1
    if: has_mark
enums:
  kind:
    1: cat
    2: dog
