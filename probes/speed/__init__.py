"""Adapters that measure a customer's line, all behind probes/speed/measurement.py."""
