libsondecore_la_SOURCES +=
