meta:
  id: unknown
  encoding: klingon
seq:
  - id: n
    type: u1
