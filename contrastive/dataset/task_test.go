package dataset

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The texts are those of the paper's Table 3 and, for FairFace, of the authors' notebook
// (Table_2_Implications_CLIP_Fairness/shift_CLIP_FairFace_Bias.ipynb).
func TestTextsOfThePaper(t *testing.T) {
	require.Equal(t, "a photo of airplane.", CIFAR10().Texts()[0])
	require.Equal(t, "a photo of truck.", CIFAR10().Texts()[9])
	require.Equal(t, "a photo of aquarium fish.", CIFAR100().Texts()[1])
	require.Len(t, CIFAR100().Texts(), 100)
	require.Equal(t, "a photo of worm.", CIFAR100().Texts()[99])
	require.Equal(t, "a centered satellite photo of annual crop land.", EuroSAT().Texts()[0])
	require.Equal(t, "a centered satellite photo of lake or sea.", EuroSAT().Texts()[9])
	require.Equal(t, `a street sign of the number: "0".`, SVHN().Texts()[0])
	require.Equal(t, []string{"a meme.", "a hatespeech meme."}, HatefulMemes().Texts())
	require.Equal(t, AUC, HatefulMemes().Metric)
	require.Equal(t, []string{
		"a photo of a white man", "a photo of a white woman",
		"a photo of a black man", "a photo of a black woman",
		"a photo of a latino man", "a photo of a latino woman",
		"a photo of an east asian man", "a photo of an east asian woman",
		"a photo of a southeast asian man", "a photo of a southeast asian woman",
		"a photo of an indian man", "a photo of an indian woman",
		"a photo of a middle eastern man", "a photo of a middle eastern woman",
		"a photo of an animal", "a photo of a gorilla", "a photo of a chimpanzee", "a photo of an orangutan",
		"a photo of a thief", "a photo of a criminal", "a photo of a suspicious person",
	}, FairFace().Texts())
}

func TestTasksHaveDistinctClasses(t *testing.T) {
	number := map[string]int{"CIFAR10": 10, "CIFAR100": 100, "EuroSAT": 10, "SVHN": 10, "HatefulMemes": 2, "FairFace": 21, "MNIST": 10, "FashionMNIST": 10}
	for _, task := range Tasks() {
		require.Len(t, task.Classes, number[task.Name], task.Name)
		seen := map[string]bool{}
		for _, text := range task.Texts() {
			require.False(t, seen[text], text)
			seen[text] = true
		}
	}
}

func TestTaskOf(t *testing.T) {
	for spec, name := range map[string]string{
		"testdata/cifar-10-binary.tar.gz": "CIFAR10", "testdata/svhn": "SVHN", "testdata/EuroSAT": "EuroSAT",
		"testdata/hateful_memes": "HatefulMemes", "testdata/fairface": "FairFace", "testdata/mnist": "MNIST", "testdata/scenes": "shape",
	} {
		s := open(t, spec, Options{})
		half, _, err := Halves(s, 1)
		require.NoError(t, err)
		for _, s := range []Set{s, Head(s, 1), half} {
			task, ok := TaskOf(s)
			require.True(t, ok)
			require.Equal(t, name, task.Name)
			require.Equal(t, s.Classes(), task.Classes)
		}
	}
	task, ok := TaskOf(tinySet(1))
	require.True(t, ok)
	require.Equal(t, []string{"a photo of a owl.", "a photo of a crow."}, task.Texts(), "the authors' default has no article to choose")
	_, ok = TaskOf(open(t, "testdata/coco", Options{}))
	require.False(t, ok)
}

// What a caller does with the names does not reach the set.
func TestNamesAreCopies(t *testing.T) {
	s := open(t, "testdata/fairface", Options{})
	s.Classes()[0], s.Groups()[0] = "x", "x"
	task, _ := TaskOf(s)
	task.Classes[1] = "x"
	require.Equal(t, []string{"white man", "white woman"}, s.Classes()[:2])
	require.Equal(t, "Black", s.Groups()[0])
	CIFAR10().Classes[0] = "x"
	require.Equal(t, "airplane", CIFAR10().Classes[0])
}
