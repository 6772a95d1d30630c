meta:
  id: tag
  title: A tag of one byte
  file-extension:
    - tag
    - tg
seq:
  - id: magic
    contents: [TAG, 0x21]
  - id: kind
    type: u1
