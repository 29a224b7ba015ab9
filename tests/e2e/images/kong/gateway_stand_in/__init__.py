"""gateway-stand-in: a small gateway that does what a declarative config of Kong says. It stands in for Kong in tests."""
