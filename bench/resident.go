package bench

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// residentGrowth begins to watch how much memory this process has: the function that it gives
// says by how many bytes it grew since, at most. Where the system does not tell (all but Linux)
// that is 0.
func residentGrowth() func() int64 {
	debug.FreeOSMemory()
	if os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil { // the peak begins anew
		return func() int64 { return 0 }
	}
	before := status("VmRSS:")
	return func() int64 { return max(0, status("VmHWM:")-before) }
}

// status reads a size from Linux's table of this process, in bytes.
func status(field string) int64 { return procValue("/proc/self/status", field) }

// procValue reads a size from one of Linux's tables, in bytes; 0 where it is not there.
func procValue(file, field string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == field {
			n, _ := strconv.ParseInt(words[1], 10, 64)
			return n * 1024
		}
	}
	return 0
}
