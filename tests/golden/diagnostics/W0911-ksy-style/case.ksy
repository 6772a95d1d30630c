meta:
  id: names
seq:
  - id: size
    type: u1
  - id: count
    type: u1
  - id: len_name
    type: u1
  - id: twice
    type: u1
  - id: body
    size: size
  - id: entries
    type: u1
    repeat: expr
    repeat-expr: count
  - id: name
    size: len_name
  - id: first
    size: twice
  - id: second
    size: twice
