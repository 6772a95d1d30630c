meta:
  id: bench_packets
  endian: le
seq:
  - id: header
    type: header
  - id: packets
    type: packet
    repeat: eos
types:
  header:
    seq:
      - id: magic
        contents: [0xd4, 0xc3, 0xb2, 0xa1]
      - id: major
        type: u2
      - id: minor
        type: u2
      - id: zone
        type: s4
      - id: accuracy
        type: u4
      - id: snap_length
        type: u4
      - id: link_type
        type: u4
  packet:
    seq:
      - id: ts_sec
        type: u4
      - id: ts_usec
        type: u4
      - id: captured
        type: u4
      - id: length
        type: u4
      - id: body
        size: captured
