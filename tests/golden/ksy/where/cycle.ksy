meta:
  id: cycle
seq:
  - id: a
    size: b
instances:
  b:
    value: a.size + c
  c:
    value: b + 1
