meta:
  id: both
  title: Not this one
