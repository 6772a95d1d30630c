meta:
  id: part
  imports:
    - case
types:
  body:
    params:
      - id: len
        type: u1
    seq:
      - id: all
        size: len
enums:
  kind:
    1: a
