meta:
  id: bench_records
  endian: le
seq:
  - id: records
    type: record
    repeat: eos
types:
  record:
    seq:
      - id: id
        type: u8
      - id: time
        type: u4
      - id: kind
        type: u2
        enum: kind
      - id: channel
        type: u1
      - id: level
        type: u1
      - id: sequence
        type: b24le
      - id: value
        type: f8
      - id: ratio
        type: f4
      - id: delta
        type: s4
      - id: port
        type: u2
      - id: temperature
        type: s2
      - id: balance
        type: s8
      - id: name
        type: str
        size: 12
        terminator: 0
        encoding: ASCII
      - id: padding
        size: 5
enums:
  kind:
    0: reading
    1: setpoint
    2: alarm
    3: acknowledge
    4: heartbeat
    5: calibration
    6: reset
    7: fault
