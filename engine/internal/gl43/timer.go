//go:build cgo && !nogl && !darwin

package gl43

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Wall runs a launch alone and gives its seconds by the clock, between two waits.
func (c *Context) Wall(run func() error) (float64, error) {
	if err := c.Finish(); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := run(); err != nil {
		return 0, err
	}
	err := c.Finish()
	return time.Since(start).Seconds(), err
}

// Query runs a launch alone and gives its seconds by the device's time stamps.
func (c *Context) Query(run func() error) (float64, error) {
	if err := c.Finish(); err != nil {
		return 0, err
	}
	var q [2]uint32
	gl.GenQueries(2, &q[0])
	defer gl.DeleteQueries(2, &q[0])
	gl.QueryCounter(q[0], gl.TIMESTAMP)
	if err := run(); err != nil {
		return 0, err
	}
	gl.QueryCounter(q[1], gl.TIMESTAMP)
	if err := c.Finish(); err != nil {
		return 0, err
	}
	var t [2]uint64
	for i := range q {
		gl.GetQueryObjectui64v(q[i], gl.QUERY_RESULT, &t[i])
	}
	return float64(int64(t[1]-t[0])) * 1e-9, nil
}
