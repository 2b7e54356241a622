"""The rules: pure, frozen, standard library only; no clock, no I/O."""
