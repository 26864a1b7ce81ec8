package engine

// mapMemory gives zeros outside Go's heap; large pages are the system's affair.
func mapMemory(bytes int64) (b []byte, free func(), err error) { return mapPages(bytes) }
