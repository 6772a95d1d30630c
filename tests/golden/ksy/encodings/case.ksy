# an encoding that nobody knows is a warning, and a fault where text in it is read
meta:
  id: case
  encoding: EBCDIC-XYZ
seq:
  - id: raw
    size: 2
  - id: fine
    type: str
    size: 2
    encoding: UTF-8
  - id: bad
    type: str
    size: 2
  - id: rest
    type: u1
    if: false
instances:
  odd:
    value: raw.to_s('no such')
  even:
    value: raw.to_s('ASCII')
