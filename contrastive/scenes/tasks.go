package scenes

import "mindgap/contrastive/dataset"

// Task is a zero-shot classification of scenes. Its texts are in words of the vocabulary, as
// the last of a scene's captions is worded.
type Task struct {
	dataset.Task
	Label   func(Spec) int // the class of a scene of one kind; -1 for scenes of two
	content Content
}

// Source gives the scenes of the task: held out, of one object, or of one kind where objects
// are to be counted. Classes are as frequent as the split by chance lets them be.
func (t *Task) Source(seed uint64) Source { return Source{seed, HeldOut, t.content} }

// Tasks are classifications by shape ("a photo of a star"), colour ("a photo of a red shape"),
// count ("a photo of two shapes") and position ("a photo of a shape on the left").
var Tasks = []Task{
	newTask("shape", Shapes, "a photo of {an}", OneObject, func(k Kind) int { return int(k.Shape) }),
	newTask("color", Colors, "a photo of {an} "+anything.one, OneObject, func(k Kind) int { return int(k.Color) }),
	newTask("count", countClasses(), "a photo of {}", OneKind, func(k Kind) int { return k.Count - 1 }),
	newTask("position", placeClasses(), "a photo of a "+anything.one+" {}", OneObject, func(k Kind) int { return int(k.Place) }),
}

func newTask(name string, classes []string, prompt string, content Content, label func(Kind) int) Task {
	return Task{
		Task: dataset.Task{Name: name, Classes: classes, Prompt: prompt, Metric: dataset.Accuracy},
		Label: func(s Spec) int {
			if len(s.All()) > 1 {
				return -1
			}
			return label(s.Kinds[0])
		},
		content: content,
	}
}

func countClasses() []string {
	classes := []string{Counts[0] + " " + anything.one}
	for _, n := range Counts[1:] {
		classes = append(classes, n+" "+anything.many)
	}
	return classes
}

func placeClasses() (classes []string) {
	for _, synonyms := range placeWords {
		classes = append(classes, synonyms[0])
	}
	return classes
}
