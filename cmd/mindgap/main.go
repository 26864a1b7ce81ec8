// Command mindgap reproduces the experiments of "Mind the Gap" on any OpenGL 4.3 device or
// on the processor, and verifies and times the kernels beneath them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills
	os.Exit(newApp(os.Stdout, os.Stderr).run(ctx, os.Args[1:]))
}
