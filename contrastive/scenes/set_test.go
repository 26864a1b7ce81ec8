package scenes

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive/dataset"
)

func TestTasks(t *testing.T) {
	for _, task := range Tasks {
		texts := task.Texts()
		require.Len(t, texts, len(task.Classes), task.Name)
		for _, text := range texts {
			require.NotContains(t, Tokenizer().Encode(text), int32(len(vocabulary)+1), text)
		}
		counts := make([]int, len(task.Classes))
		share := make([]float64, len(task.Classes))
		total := 0.
		everyOneKind(func(a Attributes) {
			if a.Split() == HeldOut && (a.Kinds[0].Count == 1 || task.Name == "count") {
				w := 1 / float64(len(groundsFor(a.All())))
				share[task.Label(Spec{a, 0})] += w
				total += w
			}
		})
		for _, s := range task.Source(3).Take(0, 4000) {
			require.Equal(t, HeldOut, s.Split())
			counts[task.Label(s)]++
		}
		chiSquare(t, task.Name, counts, func(i int) float64 { return share[i] / total })
		for i := range share {
			// As equal as a split by chance of some 9,504 / 9 sets allows: five standard deviations.
			require.InEpsilon(t, 1/float64(len(share)), share[i]/total, .17, task.Name)
		}
		two := Spec{Attributes: Attributes{Kinds: [2]Kind{{Count: 1}, {Count: 1}}}}
		require.Equal(t, -1, task.Label(two))
	}
	s := Spec{Attributes: Attributes{Kinds: [2]Kind{{Star, Blue, Large, 3, BottomRight}}}}
	require.Equal(t, "a photo of an orange shape", Tasks[1].Texts()[Orange])
	require.Equal(t, "a photo of one shape", Tasks[2].Texts()[0])
	var labels, prompts []string
	for _, task := range Tasks {
		labels = append(labels, task.Classes[task.Label(s)])
		prompts = append(prompts, task.Texts()[task.Label(s)])
	}
	require.Equal(t, []string{"star", "blue", "three shapes", "at bottom right"}, labels)
	require.Equal(t, []string{"a photo of a star", "a photo of a blue shape", "a photo of three shapes", "a photo of a shape at bottom right"}, prompts)
}

func TestVector(t *testing.T) {
	v := make([]float32, VectorLength)
	seen := map[string]bool{}
	for i := range 2000 {
		s := Source{Seed: 4}.At(i)
		s.Vector(v, 0)
		ones := 0
		for _, x := range v {
			require.True(t, x == 0 || x == 1)
			ones += int(x)
		}
		require.Equal(t, map[int]int{1: 9, 2: 13}[len(s.All())], ones, "style, ground, texture, and five for a kind, one for none")
		key := ""
		for _, x := range v {
			key += string(rune('0' + int(x)))
		}
		seen[key] = true
		require.Equal(t, float32(1), v[s.Style])
		require.Equal(t, float32(1), v[4+6+6+s.Kinds[0].Count])
		require.Equal(t, float32(1), v[VectorLength-kindVector+s.Kinds[1].Count])
	}
	captions := map[string]bool{}
	for i := range 2000 {
		captions[Source{Seed: 4}.At(i).Caption()] = true
	}
	require.Len(t, seen, len(captions), "vectors differ where captions do")

	s := Source{Seed: 4}.At(0)
	noisy, again := make([]float32, VectorLength), make([]float32, VectorLength)
	s.Vector(v, 0)
	s.Vector(noisy, .5)
	s.Vector(again, .5)
	require.Equal(t, noisy, again)
	sum := 0.
	for i := range v {
		sum += float64(noisy[i]-v[i]) * float64(noisy[i]-v[i])
	}
	// 80 squares of standard deviation .25 sqrt(1.9): five of their mean's are .19.
	require.InDelta(t, .25, sum/VectorLength, .19)
	require.Panics(t, func() { s.Vector(make([]float32, VectorLength-1), 0) })
}

func TestSet(t *testing.T) {
	specs := Tasks[1].Source(2).Take(0, 12)
	set, err := NewSet(specs, 32, &Tasks[1])
	require.NoError(t, err)
	require.Equal(t, 12, set.Len())
	require.Equal(t, Colors, set.Classes())
	task, ok := dataset.TaskOf(set)
	require.True(t, ok)
	require.Equal(t, Tasks[1].Task, task)
	require.Equal(t, Styles, set.Groups())
	for range 2 {
		i := 0
		for x, err := range set.Examples() {
			require.NoError(t, err)
			require.Equal(t, Name(i), x.Name)
			require.Equal(t, specs[i].Captions(), x.Captions)
			require.Equal(t, int(specs[i].Kinds[0].Color), x.Label)
			require.Equal(t, int(specs[i].Style), x.Group)
			m, err := x.Image()
			require.NoError(t, err)
			require.Equal(t, specs[i].Render(32), m)
			i++
		}
		require.Equal(t, 12, i)
	}
	for x := range set.Examples() {
		require.Equal(t, "000000.png", x.Name)
		break
	}
	set, err = NewSet(specs, 32, nil)
	require.NoError(t, err)
	require.Nil(t, set.Classes())
	_, ok = dataset.TaskOf(set)
	require.False(t, ok)
	for x := range set.Examples() {
		require.Equal(t, -1, x.Label)
	}
	_, err = NewSet(specs, 15, nil)
	require.EqualError(t, err, "scenes: pictures of 15 pixels: want 16 to 2048")
	specs[3].Kinds[0].Count = 9
	_, err = NewSet(specs, 32, nil)
	require.ErrorContains(t, err, "scene 3: ")
}

func TestBatch(t *testing.T) {
	const size, n = 33, 21
	specs := Source{Seed: 6}.Take(100, n)
	norm := Norm{Mean: [3]float32{.5, .25, 0}, Std: [3]float32{.5, 2, 1}}
	got := make([]float32, n*size*size*3)
	Batch(got, specs, size, norm)
	var want []float32
	for _, s := range specs {
		for i, b := range s.Render(size).Pix {
			want = append(want, (float32(b)/255-norm.Mean[i%3])/norm.Std[i%3])
		}
	}
	require.True(t, slices.Equal(want, got))
	Batch(nil, nil, size, norm)
	require.Panics(t, func() { Batch(got[1:], specs, size, norm) })
	require.Panics(t, func() { Batch(got, specs, MaxSize+1, norm) })
	specs[2].Kinds[0].Count = 0
	require.Panics(t, func() { Batch(got, specs, size, norm) })
}

func TestSheet(t *testing.T) {
	specs := Source{Seed: 6}.Take(0, 5)
	m := Sheet(specs, 3, 20, 4)
	require.Equal(t, []int{3*24 + 4, 2*24 + 4}, []int{m.Width, m.Height})
	for i, s := range specs {
		cell := s.Render(20)
		for y := range 20 {
			for x := range 20 {
				require.Equal(t, cell.At(x, y), m.At(4+i%3*24+x, 4+i/3*24+y))
			}
		}
	}
	require.Equal(t, []uint8{uint8(paper[0]), uint8(paper[1]), uint8(paper[2])}, m.At(60, 30), "no sixth scene")
	require.Equal(t, 28, Sheet(specs[:1], 8, 20, 4).Width)
}

func BenchmarkRender64(b *testing.B)  { benchmarkRender(b, 64) }
func BenchmarkRender224(b *testing.B) { benchmarkRender(b, 224) }

// benchmarkRender gives scenes a second on one core, captions left out.
func benchmarkRender(b *testing.B, size int) {
	specs := Source{Seed: 1}.Take(0, 512)
	pix := make([]uint8, 3*size*size)
	i := 0
	for b.Loop() {
		specs[i%len(specs)].paint(pix, size)
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scenes/s")
}

// BenchmarkBatch is what training pays: drawing 256 specs and painting them, on all cores.
func BenchmarkBatch(b *testing.B) {
	dst := make([]float32, 256*64*64*3)
	n := 0
	for b.Loop() {
		Batch(dst, Source{Seed: 1}.Take(n, 256), 64, Norm{Std: [3]float32{1, 1, 1}})
		n += 256
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "scenes/s")
}

func BenchmarkCaptions(b *testing.B) {
	s := Source{Seed: 1}.At(0)
	for b.Loop() {
		s.Captions()
	}
}
