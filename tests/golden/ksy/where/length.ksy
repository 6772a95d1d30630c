meta: {id: length}
seq:
  - id: a
    type: b3
  - id: x
    size: 3
    if: a == a
  - id: y
    size: "1 - 2"
