"""Bytes to Arrow batches and reject rows: a file per format family."""
