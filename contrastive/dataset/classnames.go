package dataset

import (
	"strconv"
	"strings"
)

// The class names are those of data/prompts.md of openai/CLIP, in the order of the labels.

var cifar10Classes = strings.Fields("airplane automobile bird cat deer dog frog horse ship truck")

var cifar100Classes = strings.Split("apple,aquarium fish,baby,bear,beaver,bed,bee,beetle,bicycle,bottle,"+
	"bowl,boy,bridge,bus,butterfly,camel,can,castle,caterpillar,cattle,"+
	"chair,chimpanzee,clock,cloud,cockroach,couch,crab,crocodile,cup,dinosaur,"+
	"dolphin,elephant,flatfish,forest,fox,girl,hamster,house,kangaroo,keyboard,"+
	"lamp,lawn mower,leopard,lion,lizard,lobster,man,maple tree,motorcycle,mountain,"+
	"mouse,mushroom,oak tree,orange,orchid,otter,palm tree,pear,pickup truck,pine tree,"+
	"plain,plate,poppy,porcupine,possum,rabbit,raccoon,ray,road,rocket,"+
	"rose,sea,seal,shark,shrew,skunk,skyscraper,snail,snake,spider,"+
	"squirrel,streetcar,sunflower,sweet pepper,table,tank,telephone,television,tiger,tractor,"+
	"train,trout,tulip,turtle,wardrobe,whale,willow tree,wolf,woman,worm", ",")

// eurosatFolders are the sub-folders of EuroSAT, sorted; eurosatClasses their names in words.
var (
	eurosatFolders = strings.Fields("AnnualCrop Forest HerbaceousVegetation Highway Industrial Pasture PermanentCrop Residential River SeaLake")
	eurosatClasses = []string{
		"annual crop land",
		"forest",
		"brushland or shrubland",
		"highway or road",
		"industrial buildings or commercial buildings",
		"pasture land",
		"permanent crop land",
		"residential buildings or homes or apartments",
		"river",
		"lake or sea",
	}
)

// digits are the class names "0", "1", ... of n classes.
func digits(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
