package main

import (
	"context"

	"github.com/spf13/cobra"

	"mindgap/engine"
)

// deviceFlag adds --device.
func deviceFlag(c *cobra.Command, name *string, value, usage string) {
	c.Flags().StringVar(name, "device", value, usage)
}

const deviceUsage = "auto, host, gl, gl:0, gl:1, ... (auto: an OpenGL device with hardware, else host)"

// open opens a device with the table of tuned variants; it stops when ctx ends. Call close when
// done.
func (a *app) open(ctx context.Context, name string, options ...engine.Option) (d *engine.Device, done func(), err error) {
	return open(ctx, name, append(options, a.tuning(name))...)
}

// open opens a device that stops when ctx ends. Call close when done.
func open(ctx context.Context, name string, options ...engine.Option) (d *engine.Device, done func(), err error) {
	d, err = engine.Open(name, options...)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { d.Interrupt(nil) })
	return d, func() { stop(); d.Close() }, nil
}
