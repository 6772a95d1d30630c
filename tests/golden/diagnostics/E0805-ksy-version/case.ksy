meta:
  id: case
  ks-version: 99.1
types:
  old:
    meta:
      ks-version: 0.10
  odd:
    meta:
      ks-version: 0.7f
