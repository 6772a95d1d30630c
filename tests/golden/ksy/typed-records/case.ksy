meta: {id: case}
seq:
  - {id: parts, type: part, repeat: eos}
types:
  part:
    seq:
      - {id: a, type: u1}
      - {id: b, type: sub}
    types:
      sub:
        seq:
          - {id: c, type: u1}
