meta:
  id: case
  encoding: Latin-1
seq:
  - id: one
    type: strz
    encoding: klingon
  - id: two
    type: strz
    encoding: KOI8-R
  - id: three
    type: strz
    encoding: SJIS
types:
  good:
    meta:
      encoding: windows-1252
    seq:
      - id: four
        type: strz
      - id: five
        type: strz
        encoding: utf8
