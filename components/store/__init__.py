"""The lake (publish, crash-safe), the snapshot (memory-mapped frames), and the one shared reference."""
