package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

type sampleParams struct {
	N, LdA     int32
	LogitScale float32
	Seed       uint32
}

func TestFieldsAreSnakeCaseScalarsWithoutGaps(t *testing.T) {
	require.Equal(t, []Field{
		{"n", Int32, 0}, {"ld_a", Int32, 4}, {"logit_scale", Float32, 8}, {"seed", Uint32, 12},
	}, fieldsOf[sampleParams]())
}

func TestPackedParamsHaveFourBytesAField(t *testing.T) {
	b := packParams(sampleParams{N: 1, LdA: 2, LogitScale: 1, Seed: 3})
	require.Equal(t, []byte{1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0x80, 0x3F, 3, 0, 0, 0}, b)
	require.Empty(t, packParams(struct{}{}))
}

func TestFieldsOfRefusesWhatShadersCannotHold(t *testing.T) {
	require.PanicsWithError(t, "engine: struct { N int64 }: field N is int64; only int32, uint32 and float32 travel to shaders",
		func() { fieldsOf[struct{ N int64 }]() })
}

func TestDescribeWritesParametersInWords(t *testing.T) {
	require.Equal(t, "n=1 ld_a=2 logit_scale=0.5 seed=3", describe(sampleParams{1, 2, 0.5, 3}))
}
