meta:
  id: other
seq:
  - id: x
    type: u1
types:
  part:
    seq:
      - id: y
        type: u1
