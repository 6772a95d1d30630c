# what typed JSON says of a specification: types by their paths, parents across files, and faults by Kaitai's classes
meta:
  id: case
  endian: le
  imports:
    - other
seq:
  - id: outer
    type: box
  - id: whole
    type: other
  - id: part
    type: other::part
  - id: equal
    type: t_equal
    size: 1
  - id: least
    type: t_least
    size: 1
  - id: most
    type: t_most
    size: 1
  - id: one_of
    type: t_one_of
    size: 1
  - id: named
    type: t_named
    size: 1
  - id: true_of
    type: t_true_of
    size: 1
  - id: fixed
    type: t_fixed
    size: 2
  - id: undecided
    type: t_undecided
    size: 3
  - id: last
    type: u4
instances:
  word:
    value: '"12x".to_i'
types:
  box:
    seq:
      - id: pets
        type: u1
        enum: pet
        repeat: expr
        repeat-expr: 2
    enums:
      pet:
        1: cat
  t_equal: {seq: [{id: v, type: u1, valid: 7}]}
  t_least: {seq: [{id: v, type: u1, valid: {min: 7}}]}
  t_most: {seq: [{id: v, type: u1, valid: {max: 3}}]}
  t_one_of: {seq: [{id: v, type: u1, valid: {any-of: [1, 2]}}]}
  t_named: {seq: [{id: v, type: u1, enum: e, valid: {in-enum: true}}], enums: {e: {1: one}}}
  t_true_of: {seq: [{id: v, type: u1, valid: {expr: _ % 2 == 1}}]}
  t_fixed: {seq: [{id: v, contents: AB}]}
  t_undecided:
    seq:
      - id: sign
        type: u1
      - id: inner
        type: inner
    types:
      inner:
        meta:
          endian:
            switch-on: _parent.sign
            cases:
              1: le
              2: be
        seq:
          - id: n
            type: u2
