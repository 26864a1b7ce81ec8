package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// peer is a program beside which ours is timed. It answers each line on its standard input with
// one on its standard output.
type peer struct {
	Versions string
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
}

// startPeer starts a peer, whose first line says what it is, or what is missing.
func startPeer(cmd *exec.Cmd, install string) (*peer, error) {
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if cmd.Cancel != nil { // with a context: its end is the end of the input, so that workers end too
		cmd.Cancel = in.Close
		if cmd.WaitDelay == 0 {
			cmd.WaitDelay = 10 * time.Second
		}
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &peer{cmd: cmd, in: in, out: bufio.NewReader(out)}
	line, err := p.line()
	if err != nil {
		p.stop()
		return nil, err
	}
	var first struct {
		Versions string
		Missing  []string
	}
	if err := json.Unmarshal([]byte(line), &first); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s says %q", cmd.Path, line)
	}
	if first.Missing != nil {
		p.stop()
		return nil, fmt.Errorf("%s lacks %s; %s", cmd.Path, strings.Join(first.Missing, ", "), install)
	}
	p.Versions = first.Versions
	return p, nil
}

// ask sends a line and gives the words of the answer.
func (p *peer) ask(question string) ([]string, error) {
	if _, err := fmt.Fprintln(p.in, question); err != nil {
		return nil, fmt.Errorf("%s is gone: %w", p.cmd.Path, err)
	}
	line, err := p.line()
	return strings.Fields(line), err
}

func (p *peer) line() (string, error) {
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s ended without an answer; what it wrote stands above", p.cmd.Path)
	}
	return strings.TrimSpace(line), nil
}

// stop ends the peer by ending its input.
func (p *peer) stop() {
	p.in.Close()
	p.cmd.Wait()
}
