meta:
  id: case
params:
  - id: scale
    type: s4
seq:
  - id: kind
    type: u1
  - id: n
    type: u1
  - id: text
    type: str
    encoding: ASCII
    size: n
instances:
  scaled:
    value: n * scale
