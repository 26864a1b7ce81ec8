package engine

import (
	"bufio"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// physicalMemory is the machine's memory in bytes, as far as it tells; 8 GiB elsewhere.
func physicalMemory() int64 {
	if v, ok := procField("/proc/meminfo", "MemTotal"); ok {
		kib, _ := strconv.ParseInt(strings.TrimSuffix(v, " kB"), 10, 64)
		if kib > 0 {
			return kib << 10
		}
	}
	return 8 << 30
}

// processor is the processor's name, as far as the machine tells.
func processor() string {
	if v, ok := procField("/proc/cpuinfo", "model name"); ok {
		return v
	}
	return runtime.GOARCH
}

// procField finds "name : value" in one of Linux's tables.
func procField(file, name string) (string, bool) {
	f, err := os.Open(file)
	if err != nil {
		return "", false
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		key, value, ok := strings.Cut(s.Text(), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}
