package bench

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"mindgap/bench/peers/gonum"
	"mindgap/engine/tensorfile"
)

//go:embed peers/serve.py peers/versions.py peers/with_numpy.py peers/with_torch.py peers/triton_infonce.py
var peerPrograms embed.FS

// programs are the files of the peers in Python.
var programs = map[string]string{numpyPeer: "with_numpy.py", torchPeer: "with_torch.py", tritonPeer: "triton_infonce.py"}

// installs say how to get what is missing.
var installs = map[string]string{
	"python":      "apt install python3, or name another Python with --python",
	numpyPeer:     "apt install python3-numpy libopenblas0-pthread, or pip install numpy",
	torchPeer:     "apt install python3-torch, or pip install torch",
	"torchvision": "apt install python3-torchvision, or pip install torchvision",
	tritonPeer:    "pip install triton (on a machine with a CUDA GPU)",
	"cuda":        "a CUDA GPU and a PyTorch that sees it: pip install torch",
}

const missingPeer = "missing: "

// cast is who can take part, and where the peers' programs lie.
type cast struct {
	python   string
	dir      string
	versions map[string]string // by name; what is not there is missing
	start    func(ctx context.Context, peer string, environment, arguments []string) (*peer, error)
}

// gather writes the peers' programs into a folder and asks what is installed.
func gather(ctx context.Context, python, dir string) (*cast, error) {
	c := &cast{python: python, dir: dir, versions: map[string]string{gonumLib: gonum.Version()}}
	c.start = c.startPython
	if python == "none" {
		return c, nil
	}
	if _, err := exec.LookPath(python); err != nil {
		if python == "python3" {
			return c, nil
		}
		return nil, fmt.Errorf("%s is not there: install Python 3, name another with --python, or --python none to go without its peers", python)
	}
	if err := os.CopyFS(dir, peerPrograms); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, python, c.program("versions.py"))
	cmd.Env, cmd.Stderr = quietPython(), os.Stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var found map[string]*string
	if err == nil {
		err = json.Unmarshal(out, &found)
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not run the peers' programs: %w; name another Python with --python, or --python none", python, err)
	}
	c.versions["python"] = "found"
	for name, version := range found {
		if version != nil {
			c.versions[name] = *version
		}
	}
	return c, nil
}

func (c *cast) program(name string) string { return filepath.Join(c.dir, "peers", name) }

// quietPython is the environment of the peers: no folders of compiled programs, all cores.
func quietPython() []string {
	cores := strconv.Itoa(runtime.GOMAXPROCS(0))
	return append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "OPENBLAS_NUM_THREADS="+cores, "OMP_NUM_THREADS="+cores)
}

// has says whether a peer can be run on a device of a kind; those that are in this program can.
func (c *cast) has(peer string, on place) bool {
	if programs[peer] == "" {
		return true
	}
	if on == onHard && c.versions["cuda"] == "" {
		return false
	}
	return c.versions[peer] != ""
}

// said gives, for each peer that the cases need, its version or how to install it.
func (c *cast) said(cases []Case, devices place) map[string]string {
	out := map[string]string{}
	note := func(name string) {
		switch {
		case c.versions[name] != "":
			out[name] = c.versions[name]
		case c.python == "none":
			out[name] = "left out by --python none"
		case c.versions["python"] == "":
			out[name] = missingPeer + installs["python"] + "; then " + installs[name]
		default:
			out[name] = missingPeer + installs[name]
		}
	}
	for _, x := range cases {
		if x.Where&devices == 0 || programs[x.Peer] == "" && x.Peer != gonumLib {
			continue
		}
		note(x.Peer)
		if _, isNet := x.Work.(netWork); isNet {
			note("torchvision")
		}
		if devices&onHard != 0 && x.Where&onHard != 0 {
			note("cuda")
		}
	}
	return out
}

func (c *cast) startPython(ctx context.Context, peer string, environment, arguments []string) (*peer, error) {
	cmd := exec.CommandContext(ctx, c.python, append([]string{c.program(programs[peer])}, arguments...)...)
	cmd.Env = append(quietPython(), environment...)
	cmd.WaitDelay = 200 * time.Millisecond // an interrupt does not wait for the end of a run
	return startPeer(cmd, installs[peer])
}

// begin starts a peer on a work whose inputs lie in a folder.
func (c *cast) begin(ctx context.Context, peer string, w arrayWork, folder, device string) (*peer, error) {
	sizes, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	limit := strconv.FormatInt(availableMemory()*3/4, 10)
	var environment []string
	if !w.plan().once {
		// Memory that is freed stays with the process: otherwise PyTorch spends more time on page
		// faults than on the work.
		environment = []string{"MALLOC_TRIM_THRESHOLD_=4294967296", "MALLOC_MMAP_THRESHOLD_=4294967296"}
	}
	return c.start(ctx, peer, environment, []string{w.python(), folder, device, strconv.Itoa(runtime.GOMAXPROCS(0)), limit, string(sizes)})
}

// refusal is what a peer answers that cannot do its work, most often for want of memory.
type refusal string

func (r refusal) Error() string { return string(r) }

// query asks a peer something that it may refuse.
func (p *peer) query(question string) ([]string, error) {
	words, err := p.ask(question)
	if err == nil && len(words) > 0 && words[0] == "error" {
		return nil, refusal(strings.Join(words[1:], " "))
	}
	return words, err
}

// seconds runs a peer so many times in a row and gives the seconds of one run.
func (p *peer) seconds(times int) (float64, error) {
	words, err := p.query(fmt.Sprint("run ", times))
	if err != nil {
		return 0, err
	}
	s, err := strconv.ParseFloat(strings.Join(words, " "), 64)
	if err != nil || !(s > 0) || math.IsInf(s, 0) {
		return 0, fmt.Errorf("it answers %q to run", words)
	}
	return s, nil
}

// results reads what a peer's last run made: of matrices the sampled rows.
func (p *peer) results(name, folder string) (results, error) {
	words, err := p.query("save")
	if err != nil {
		return nil, err
	}
	out := results{}
	for _, word := range words {
		if out[word], err = readSampled(filepath.Join(folder, strings.TrimSuffix(programs[name], ".py")+"."+word+".npy")); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readSampled(file string) ([]float64, error) {
	r, err := tensorfile.OpenNPY(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if len(r.Shape()) < 2 {
		x := make([]float64, r.Rows())
		return x, r.ReadRows64(x, 0, r.Rows())
	}
	var x []float64
	for _, i := range sampleRows(r.Rows()) {
		x = append(x, make([]float64, r.Cols())...)
		if err := r.ReadRows64(x[len(x)-r.Cols():], i, i+1); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// writeInputs puts a work's inputs where the peers look for them.
func writeInputs(list []array, folder string) error {
	for _, a := range list {
		if err := tensorfile.WriteNPY(filepath.Join(folder, a.name+".npy"), a.shape, a.data); err != nil {
			return err
		}
	}
	return nil
}

// availableMemory is what a new program may take without another one having to go, in bytes; 0
// where the system does not say.
func availableMemory() int64 {
	kib := procValue("/proc/meminfo", "MemAvailable:")
	most := readNumber("/sys/fs/cgroup/memory.max")
	if used := readNumber("/sys/fs/cgroup/memory.current"); most > 0 && used >= 0 {
		return min(kib, max(most-used, 1))
	}
	return kib
}

func readNumber(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return -1
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// fault says what happened to a peer; "" where it only refused.
func fault(peer, label string, err error) string {
	if errors.As(err, new(refusal)) {
		return ""
	}
	return fmt.Sprintf("%s, %s: %v", peer, label, err)
}

// sorted gives a map's keys in order.
func sorted(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
