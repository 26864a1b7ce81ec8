package names_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/names"
)

func ExampleNearest() {
	list := []string{"original", "amended", "shared"}
	fmt.Println(names.Nearest(list, "amend"), names.Nearest(list, "Sharde"))
	// Output: amended shared
}

func TestNearest(t *testing.T) {
	list := []string{"fig1", "fig2a", "fig2b"}
	require.Equal(t, "fig2a", names.Nearest(list, "fig2d"), "the first of equals")
	for _, far := range []string{"", "z", "nonsense"} {
		require.Empty(t, names.Nearest(list, far), far)
	}
}
