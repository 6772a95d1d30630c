meta: {id: t}
seq:
  - {id: v, type: u1}
  - {id: next, type: t, if: v > 1}
instances:
  x: {pos: 0, type: u1}
  here: {value: _io.pos}
  again: {pos: 0, type: t, if: v == 3}
