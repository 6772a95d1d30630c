meta:
  id: er
  imports:
    - ../../part
