package engine

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/ebitengine/purego"
	"gonum.org/v1/gonum/blas"
)

// openBLASLib is OpenBLAS, loaded at run time where it is installed: no header and no
// library is needed to build. It is loaded once per process, because its threads are.
type openBLASLib struct {
	gonumBLAS
	name  string
	sgemm func(order, tA, tB, m, n, k int32, alpha float32, a *float32, lda int32, b *float32, ldb int32, beta float32, c *float32, ldc int32)

	setThreads func(int32) // nil: the library has no say in it
	threads    int32       // of its own: as many as cores when it was loaded, since bits depend on it
	mu         sync.Mutex
	alone      int // callers that hold calls to one thread
}

var openBLASOnce = sync.OnceValues(func() (BLAS, error) {
	defer shortenSpin()()
	var handle uintptr
	err := errors.New("not found")
	for _, name := range openBLASNames() {
		if handle, err = dlopen(name); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	sym, err := dlsym(handle, "cblas_sgemm")
	if err != nil {
		return nil, err
	}
	lib := &openBLASLib{name: "openblas"}
	purego.RegisterFunc(&lib.sgemm, sym)
	if sym, err := dlsym(handle, "openblas_get_config"); err == nil {
		var config func() string
		purego.RegisterFunc(&config, sym)
		words := strings.Fields(config())
		for _, w := range words {
			if w == "USE64BITINT" {
				return nil, errors.New("it counts in 64 bits (ILP64); the LP64 build is needed")
			}
		}
		if len(words) > 1 {
			lib.name = "openblas " + words[1]
		}
	}
	if sym, err := dlsym(handle, "openblas_set_num_threads"); err == nil {
		purego.RegisterFunc(&lib.setThreads, sym)
		lib.threads = int32(runtime.GOMAXPROCS(0))
		lib.setThreads(lib.threads)
	}
	if err := lib.selfTest(); err != nil {
		return nil, err
	}
	return lib, nil
})

// spinVariable tells OpenBLAS, when it is loaded, for how many cycles (2 to this power, 4 to 30)
// its threads look for more work after a product before they sleep. By default that is some 20
// ms, on the cores that the kernels beside the products need: a fifth of their time.
const (
	spinVariable = "OPENBLAS_THREAD_TIMEOUT"
	spinPower    = "14" // some 5 us: about what waking them costs
)

// shortenSpin sets the variable, unless the user has, and gives what restores it.
func shortenSpin() (restore func()) {
	if _, set := os.LookupEnv(spinVariable); set {
		return func() {}
	}
	setenv(spinVariable, spinPower)
	return func() { setenv(spinVariable, "") }
}

func loadOpenBLAS() (BLAS, error) { return openBLASOnce() }

func (l *openBLASLib) Name() string { return l.name }

// oneThread keeps every call to the thread of its caller until done is called. The library
// has one number of threads per process: it goes up again when nobody holds it down.
func (l *openBLASLib) oneThread() (done func()) {
	if l.setThreads == nil {
		return func() {}
	}
	hold := func(n int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		before := l.alone
		if l.alone += n; before == 0 {
			l.setThreads(1)
		} else if l.alone == 0 {
			l.setThreads(l.threads)
		}
	}
	hold(1)
	return func() { hold(-1) }
}

// small is the work, in multiply-adds, below which gonum's call is cheaper than OpenBLAS's
// (a foreign call costs about 0.6 us, waking its threads more).
const small = 8 * 8 * 8

// Sgemm calls OpenBLAS, or gonum where OpenBLAS loses or has no say: tiny and empty sizes.
func (l *openBLASLib) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if m == 0 || n == 0 || k == 0 || m*n*k <= small {
		l.gonumBLAS.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	const rowMajor = 101
	op := func(t blas.Transpose) int32 {
		if t == blas.NoTrans {
			return 111
		}
		return 112
	}
	l.sgemm(rowMajor, op(tA), op(tB), int32(m), int32(n), int32(k), alpha, &a[0], int32(lda), &b[0], int32(ldb), beta, &c[0], int32(ldc))
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
	runtime.KeepAlive(c)
}

// selfTest refuses a library whose integers are not 32 bits wide or which is broken.
func (l *openBLASLib) selfTest() error {
	const n = 9
	a, b := make([]float32, n*n), make([]float32, n*n)
	got, want := make([]float32, n*n), make([]float32, n*n)
	for i := range a {
		a[i], b[i] = float32(i%7)-3, float32(i%5)-2
	}
	l.Sgemm(blas.NoTrans, blas.Trans, n, n, n, 1, a, n, b, n, 0, got, n)
	l.gonumBLAS.Sgemm(blas.NoTrans, blas.Trans, n, n, n, 1, a, n, b, n, 0, want, n)
	for i := range want {
		if got[i] != want[i] {
			return fmt.Errorf("its product of small integers is wrong (element %d is %g, want %g)", i, got[i], want[i])
		}
	}
	return nil
}
