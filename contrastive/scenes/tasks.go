package scenes

// Task is a zero-shot classification: which prompt is nearest to the picture.
type Task struct {
	Name    string
	Classes []string
	Prompts []string       // one for each class, in words of the vocabulary
	Label   func(Spec) int // the class of a scene of one kind; -1 for scenes of two
	content Content
}

// Source gives the scenes of the task: held out, of one object, or of one kind where objects
// are to be counted. Classes are equally frequent.
func (t *Task) Source(seed uint64) Source { return Source{seed, HeldOut, t.content} }

// Tasks are classifications by shape, colour, count and position.
var Tasks = []Task{
	newTask("shape", Shapes, OneObject, func(k Kind) int { return int(k.Shape) }, func(i int) string {
		return "a " + shapeWords[i][0].one
	}),
	newTask("color", Colors, OneObject, func(k Kind) int { return int(k.Color) }, func(i int) string {
		return "a " + Colors[i] + " " + anything.one
	}),
	newTask("count", Counts, OneKind, func(k Kind) int { return k.Count - 1 }, func(i int) string {
		if i == 0 {
			return Counts[0] + " " + anything.one
		}
		return Counts[i] + " " + anything.many
	}),
	newTask("position", Places, OneObject, func(k Kind) int { return int(k.Place) }, func(i int) string {
		return "a " + anything.one + " " + placeWords[i][0]
	}),
}

// newTask words prompt i as "a photo of" and what says of class i.
func newTask(name string, classes []string, content Content, label func(Kind) int, what func(i int) string) Task {
	t := Task{Name: name, Classes: classes, content: content}
	t.Label = func(s Spec) int {
		if len(s.All()) > 1 {
			return -1
		}
		return label(s.Kinds[0])
	}
	for i := range classes {
		v := newVoice(nil)
		v.add("a photo of", what(i))
		t.Prompts = append(t.Prompts, v.text())
	}
	return t
}
