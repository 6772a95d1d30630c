libsondecore_a_SOURCES +=
