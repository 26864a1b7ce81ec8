//go:build cgo && !nogl && !darwin

package gl43

import (
	_ "embed"
	"encoding/binary"
)

//go:embed probe_subgroup.comp.glsl
var probeSubgroupText string

const (
	subgroupLanes  = 64
	subgroupTurns  = 300 // each number is below 1000, so that float32 sums of 64 are exact
	subgroupFields = 6   // of each lane, as the shader says
)

// probeSubgroup gives Info.Subgroup where a shader that reduces over subgroups compiles and is right,
// else 0: a driver that promises more than it does loses speed by this, and no digit.
func (c *Context) probeSubgroup() (int, error) {
	if c.Subgroup == 0 {
		return 0, nil
	}
	p, err := c.Build("probe subgroup", probeSubgroupText, []Buf{{Name: "y", Type: Uint}}, []Field{{"n", Uint, 0}})
	if err != nil {
		return 0, c.Err() // whatever the driver has against it, there are none; a lost context says so
	}
	defer c.deleteProgram(p)
	if right, err := c.subgroupsWork(p); !right || err != nil {
		return 0, err
	}
	return c.Subgroup, nil
}

// subgroupsWork runs the shader and checks what it wrote.
func (c *Context) subgroupsWork(p *Program) (bool, error) {
	const bytes = subgroupFields * subgroupLanes * 4
	y, err := c.NewBuffer(bytes)
	if err != nil {
		return false, err
	}
	defer c.DeleteBuffer(y)
	params := binary.LittleEndian.AppendUint32(nil, subgroupTurns)
	if err := c.Run(&Launch{Program: p, Params: params, Groups: 1, Work: 1, Writes: true, Binds: []Bind{{Buffer: y, Size: bytes, Len: bytes}}}); err != nil {
		return false, err
	}
	got := make([]byte, bytes)
	if err := c.Read(y, 0, got); err != nil {
		return false, err
	}
	words := make([]uint32, len(got)/4)
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(got[4*i:])
	}
	return subgroupsRight(words), nil
}

// subgroupsRight checks what the shader wrote: numbers as Go makes them, subgroups numbered 0, 1, ..
// and of one elected lane each, and the same sum and maximum, of all its lanes, in each lane of one.
func subgroupsRight(y []uint32) bool {
	field := func(k, lane int) uint32 { return y[k*subgroupLanes+lane] }
	var sum, most, elected, lanes [subgroupLanes]uint32
	count := field(4, 0)
	if count > subgroupLanes {
		return false
	}
	for i := range subgroupLanes {
		want := uint32(0)
		for k := i * i % 61; k < subgroupTurns; k += subgroupLanes {
			want += uint32(k + 1)
		}
		id := field(3, i)
		if field(0, i) != want || field(4, i) != count || id >= count {
			return false
		}
		sum[id] += want
		most[id] = max(most[id], want)
		elected[id] += field(5, i)
		lanes[id]++
	}
	for i := range subgroupLanes {
		if id := field(3, i); field(1, i) != sum[id] || field(2, i) != most[id] {
			return false
		}
	}
	for id := range count {
		if lanes[id] == 0 || elected[id] != 1 {
			return false
		}
	}
	return true
}
