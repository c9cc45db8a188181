"""Events → SSE: one reader of the streams a process, and every viewer at its own place in them."""
