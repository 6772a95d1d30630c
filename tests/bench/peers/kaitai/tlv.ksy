meta:
  id: bench_tlv
  endian: le
seq:
  - id: entries
    type: entry
    repeat: eos
types:
  entry:
    seq:
      - id: tag
        type: u2
      - id: length
        type: u4
      - id: value
        size: length
        type:
          switch-on: tag
          cases:
            1: number
            2: wide
            3: text
  number:
    seq:
      - id: value
        type: u4
  wide:
    seq:
      - id: value
        type: s8
  text:
    seq:
      - id: value
        type: str
        size-eos: true
        encoding: ASCII
