package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBenchPeersWrongUse(t *testing.T) {
	for args, c := range map[string]struct {
		code int
		says string
	}{
		"bench peers C99":                        {2, `no case is called "C99"; there are C1, C2,`},
		"bench peers --device gl:99":             {3, "no such device"},
		"bench peers --quick --long":             {2, "quick"},
		"bench peers --json --md":                {2, "md"},
		"bench peers --python no-such-python C3": {2, "no-such-python is not there"},
	} {
		code, stdout, stderr := cli(t, nil, strings.Fields(args)...)
		require.Equal(t, c.code, code, "%s: %s", args, stderr)
		require.Empty(t, stdout, args)
		require.Contains(t, stderr, c.says, args)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
}

// Without its peers the command still says what we take.
func TestBenchPeersAlone(t *testing.T) {
	code, stdout, stderr := cli(t, nil, strings.Fields("bench peers relu --device host --python none --quick --json")...)
	require.Zero(t, code, stderr)
	var doc struct {
		Device []struct{ Name string }
		Peers  map[string]string
		Rows   []struct {
			Goal, Case, Device string
			Ours, Peer, Ratio  *float64
			PeerName           string `json:"peer_name"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Equal(t, "host", doc.Device[0].Name)
	require.Len(t, doc.Rows, 2)
	require.Equal(t, "torch", doc.Rows[0].PeerName)
	require.Positive(t, *doc.Rows[0].Ours)
	require.Nil(t, doc.Rows[0].Ratio)
	require.Positive(t, *doc.Rows[1].Ratio) // the copy is ours
}

// A peer that ends in the middle: the report is whole, one line says so, the exit status is 2.
func TestBenchPeersFault(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the peer of this test is a shell script")
	}
	python := filepath.Join(t.TempDir(), "python")
	require.NoError(t, os.WriteFile(python, []byte(`#!/bin/sh
case "$1" in
*versions.py) echo '{"torch": "9.9"}' ;;
*) echo '{"versions": "torch 9.9"}'; read line ;;
esac
`), 0o755))
	code, stdout, stderr := cli(t, nil, "bench", "peers", "relu", "--device", "host", "--quick", "--python", python)
	require.Equal(t, 2, code)
	require.Contains(t, stdout, "torch 9.9")
	require.Contains(t, stdout, "copy shader")
	require.Contains(t, stderr, "torch, relu 4096 x 1024: "+python+" ended without an answer")
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
}
