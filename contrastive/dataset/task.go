package dataset

import (
	"slices"
	"strings"
)

// Metric is how a zero-shot classification is judged.
type Metric string

const (
	Accuracy Metric = "accuracy" // the share of images whose most similar text is that of their class
	AUC      Metric = "auc"      // area under the ROC curve of the softmax probability of class 1 against class 0
)

// Task is a zero-shot classification: one text for each class.
type Task struct {
	Name    string
	Classes []string // in the order of Example.Label
	// Prompt makes the texts: {} stands for the class, {an} for the class after "a" or "an".
	Prompt string
	Metric Metric
}

// Texts are the prompts of all classes, in their order.
func (t Task) Texts() []string {
	texts := make([]string, len(t.Classes))
	for i, c := range t.Classes {
		texts[i] = strings.NewReplacer("{an}", article(c)+" "+c, "{}", c).Replace(t.Prompt)
	}
	return texts
}

// article is "an" before a vowel. English has exceptions (hour, unicorn); the classes of this
// package that use it have none.
func article(word string) string {
	if word != "" && strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an"
	}
	return "a"
}

// The tasks of Table 1 and Table 2, with the paper's prompts and the class names that CLIP's
// authors published (data/prompts.md of openai/CLIP).
func CIFAR10() Task {
	return Task{"CIFAR10", slices.Clone(cifar10Classes), "a photo of {}.", Accuracy}
}
func CIFAR100() Task {
	return Task{"CIFAR100", slices.Clone(cifar100Classes), "a photo of {}.", Accuracy}
}
func EuroSAT() Task {
	return Task{"EuroSAT", slices.Clone(eurosatClasses), "a centered satellite photo of {}.", Accuracy}
}
func SVHN() Task {
	return Task{"SVHN", digits(10), `a street sign of the number: "{}".`, Accuracy}
}
func HatefulMemes() Task {
	return Task{"HatefulMemes", []string{"meme", "hatespeech meme"}, "a {}.", AUC}
}

// FairFace has 21 classes: 14 of race and gender, which are the labels of the faces, then four
// that are not human and three of crime, which no face has.
func FairFace() Task {
	var classes []string
	for _, race := range []string{"white", "black", "latino", "east asian", "southeast asian", "indian", "middle eastern"} {
		classes = append(classes, race+" man", race+" woman")
	}
	classes = append(classes, "animal", "gorilla", "chimpanzee", "orangutan", "thief", "criminal", "suspicious person")
	return Task{"FairFace", classes, "a photo of {an}", Accuracy}
}

// MNIST is not in the paper; the prompt is the one that CLIP's authors published.
func MNIST() Task { return Task{"MNIST", digits(10), `a photo of the number: "{}".`, Accuracy} }

// FashionMNIST is not in the paper; the class names are its publisher's.
func FashionMNIST() Task {
	return named("FashionMNIST", []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"})
}

// named is the task of classes that no publication gives a prompt for: the default of the
// authors' code.
func named(name string, classes []string) Task {
	return Task{name, classes, "a photo of a {}.", Accuracy}
}

// Tasks lists the tasks that are known by name: those of the paper first, in its order.
func Tasks() []Task {
	return []Task{CIFAR10(), CIFAR100(), EuroSAT(), SVHN(), HatefulMemes(), FairFace(), MNIST(), FashionMNIST()}
}

// TaskOf is the zero-shot classification that belongs to a set. A set may bring its own, by a
// method Task() Task; else its classes get the default prompt of the authors' code, "a photo
// of a {}.". false: the set has no classes.
func TaskOf(s Set) (Task, bool) {
	if t, ok := s.(interface{ Task() Task }); ok {
		task := t.Task()
		task.Classes = slices.Clone(task.Classes)
		return task, len(task.Classes) > 0
	}
	classes := s.Classes()
	return named("", classes), len(classes) > 0
}
