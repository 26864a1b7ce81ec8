package measure

import (
	"bytes"
	"encoding/json"
)

// ordered is a JSON object whose fields come in their order.
type ordered []field

type field struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// MarshalJSON implements json.Marshaler. Two modalities' measures stand at the top; of more,
// "pairs" has an object for each two.
func (r *Result) MarshalJSON() ([]byte, error) {
	o := ordered{
		{"schema", Schema}, {"modalities", r.Modalities}, {"device", r.Device}, {"seed", r.Seed}, {"normalised", r.Normalised},
	}
	if len(r.Pairs) == 1 {
		o = append(o, r.Pairs[0].fields()...)
	} else {
		o = append(o, field{"n", r.N}, field{"d", r.D})
	}
	o = append(o, field{"all_pairs", r.AllPairs}, field{"gaps", r.Gaps}, field{"cosines", r.Cosines})
	if len(r.Pairs) > 1 {
		var pairs []ordered
		for _, p := range r.Pairs {
			pairs = append(pairs, append(ordered{{"a", p.A}, {"b", p.B}}, p.fields()...))
		}
		o = append(o, field{"pairs", pairs})
	}
	warnings := r.Warnings
	if warnings == nil {
		warnings = []Warning{}
	}
	return ordered(append(o, field{"warnings", warnings})).MarshalJSON()
}

func (p *Pair) fields() ordered {
	o := ordered{{"n", p.N}, {"d", p.D}}
	floors := ordered{}
	for _, m := range p.Measures {
		o = append(o, field{m.Key, m.Value})
		if m.CI != nil {
			o = append(o, field{m.Key + "_ci", m.CI})
		}
		if m.Floor != nil {
			floors = append(floors, field{m.Key, m.Floor})
		}
	}
	o = append(o, field{"infonce", p.InfoNCE}, field{"retrieval", p.Retrieval})
	if len(floors) > 0 {
		o = append(o, field{"floors", floors})
	}
	if p.Cosines != nil {
		o = append(o, field{"distributions", p.Cosines})
	}
	if p.Spectra != nil {
		o = append(o, field{"spectra", p.Spectra})
	}
	return o
}
