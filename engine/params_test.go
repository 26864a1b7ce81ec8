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

func TestPackedParamsHaveOneWordAField(t *testing.T) {
	p := sampleParams{N: 1, LdA: 2, LogitScale: 1, Seed: 3}
	b := packParams(nil, p)
	require.Equal(t, []uint32{1, 2, 0x3F800000, 3}, b)
	require.Equal(t, p, unpackParams[sampleParams](b))
	require.Empty(t, packParams(nil, struct{}{}))
	require.Equal(t, struct{}{}, unpackParams[struct{}](nil))
}

func TestFieldsOfRefusesWhatShadersCannotHold(t *testing.T) {
	require.PanicsWithError(t, "engine: struct { N int64 }: field N is int64; only int32, uint32 and float32 travel to shaders",
		func() { fieldsOf[struct{ N int64 }]() })
}

func TestDescribeWritesParametersInWords(t *testing.T) {
	require.Equal(t, "n=1 ld_a=2 logit_scale=0.5 seed=3", describe(sampleParams{1, 2, 0.5, 3}))
}
