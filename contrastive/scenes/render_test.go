package scenes

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What version 1 draws and says: scenes of both splits at sizes even, odd and tiny. If this
// fails, pictures changed: if that is meant, raise Version and put the new digest here.
func TestScenesStayTheSame(t *testing.T) {
	h := sha256.New()
	for split := range Split(2) {
		for i := range 40 {
			s := Source{Seed: 1, Split: split}.At(i)
			for _, c := range s.Captions() {
				h.Write([]byte(c + "\n"))
			}
			h.Write(s.Render([]int{64, 101, 16, 224}[i%4]).Pix)
		}
	}
	require.Equal(t, 1, Version)
	require.Equal(t, "33d31330ebf674e463c7693bde809551b17d4431543081fc45b4b29ee1830159", hex.EncodeToString(h.Sum(nil)))
}

// No product is fused with a sum: arm64's compiler would write FMADD, FMSUB, FNMADD or FNMSUB.
func TestNothingIsFused(t *testing.T) {
	build := exec.Command("go", "build", "-gcflags=-S", ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	listing := string(out)
	require.Greater(t, strings.Count(listing, "FMULD"), 100, "the listing is there")
	require.Empty(t, regexp.MustCompile(`.*\bFN?M(ADD|SUB)[DS]\b.*`).FindAllString(listing, 5))
}

// groundOf renders a scene without its objects.
func groundOf(s Spec, size int) []uint8 {
	pix := make([]uint8, 3*size*size)
	g := s.newGround()
	g.paint(pix, size, s.Texture)
	return pix
}

// Every object is seen: its pixels differ from the ground by at least half of the contrast that
// palettes promise, over nearly the whole of its area, and pixels that no object reaches are ground.
func TestObjectsAreSeen(t *testing.T) {
	const size = 64
	areas := make([]float64, len(Shapes))
	for s := range areas {
		areas[s] = area(Shape(s))
	}
	for i := range 400 {
		s := Source{Seed: 11}.At(i)
		pix, ground := s.Render(size).Pix, groundOf(s, size)
		var seen [4]float64
		astray := 0
		all, kinds := s.bodies(), s.All()
		for p := range size * size {
			a, b := at(pix, p), at(ground, p)
			if a == b {
				continue
			}
			x, y := (float64(p%size)+.5)/size, (float64(p/size)+.5)/size
			far := true
			for j, o := range all {
				r := math.Hypot(x-o.x, y-o.y)
				far = far && r > o.radius*(1+reaches[s.Style])+2./size
				if r < o.radius && apart(oklab(linear(a)), oklab(linear(b))) > leastContrast/2 {
					seen[j]++
				}
			}
			if far {
				astray++
			}
		}
		require.Zero(t, astray, s.Caption())
		for j, b := range all {
			shape := kinds[0].Shape
			if j >= kinds[0].Count {
				shape = kinds[1].Shape
			}
			// The shape's area, less a quarter: pixels on its edge, and bright or dark sides.
			want := areas[shape] * b.radius * b.radius * size * size
			require.Greater(t, seen[j], .75*want, s.Caption())
		}
	}
}

func at(pix []uint8, p int) rgb {
	return rgb{int32(pix[3*p]), int32(pix[3*p+1]), int32(pix[3*p+2])}
}

// A scene's picture is the same at any size but for sharpness: means over an 8 x 8 grid agree.
func TestSizesAgree(t *testing.T) {
	for i := range 24 {
		s := Source{Seed: 12}.At(i)
		reference := coarse(s.Render(512).Pix, 512)
		for _, size := range []int{64, 128, 2048} {
			if size == 2048 && i > 1 {
				continue
			}
			for j, v := range coarse(s.Render(size).Pix, size) {
				// Strokes and lines are at least as wide as pixels resolve, so small pictures of those two
				// styles are a little different: 10 of 255 levels in the mean of a cell, else 4.
				bound := 4.
				if s.Style == Outlined || s.Style == Hatched {
					bound = 10
				}
				require.InDelta(t, reference[j], v, bound, "%s at %d", s.Caption(), size)
			}
		}
	}
}

// coarse averages a picture over 8 x 8 cells.
func coarse(pix []uint8, size int) []float64 {
	out := make([]float64, 8*8*3)
	for i, v := range pix {
		x, y := i/3%size*8/size, i/3/size*8/size
		out[(y*8+x)*3+i%3] += float64(v) * 64 / float64(size*size)
	}
	return out
}

func TestRenderRefuses(t *testing.T) {
	s := Source{}.At(0)
	for _, size := range []int{-1, 0, MinSize - 1, MaxSize + 1} {
		require.PanicsWithValue(t, sizeError(size).Error(), func() { s.Render(size) })
	}
	require.EqualError(t, sizeError(5), "scenes: pictures of 5 pixels: want 16 to 2048")
}
