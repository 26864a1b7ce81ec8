package engine

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unsafe"
)

// fieldsOf lists the parameter block P as GLSL sees it. It panics with *Error when P is
// not a struct of exported int32, uint32 and float32 fields.
func fieldsOf[P any]() []Field {
	t := reflect.TypeFor[P]()
	if t.Kind() != reflect.Struct {
		misuse(t.String(), "a parameter block is a struct")
	}
	fields := make([]Field, t.NumField())
	for i := range fields {
		f := t.Field(i)
		fields[i] = Field{Name: snake(f.Name), Offset: int(f.Offset)}
		switch f.Type.Kind() {
		case reflect.Float32:
			fields[i].Type = Float32
		case reflect.Int32:
			fields[i].Type = Int32
		case reflect.Uint32:
			fields[i].Type = Uint32
		default:
			misuse(t.String(), "field %s is %v; only int32, uint32 and float32 travel to shaders", f.Name, f.Type)
		}
	}
	return fields
}

// packParams appends the words of a parameter block: 4-byte scalars without gaps, as std140
// lays them out.
func packParams[P any](to []uint32, p P) []uint32 { return append(to, wordsOf(&p)...) }

// unpackParams is the opposite.
func unpackParams[P any](words []uint32) (p P) {
	copy(wordsOf(&p), words)
	return p
}

func wordsOf[P any](p *P) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(p)), unsafe.Sizeof(*p)/elemBytes)
}

// snake turns a Go name into its GLSL name: LogitScale is logit_scale, LdA is ld_a, N is n.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// describe writes parameters as a case's name: "m=5 n=3 k=1 alpha=1".
func describe(p any) string {
	v := reflect.ValueOf(p)
	if v.Kind() != reflect.Struct {
		return fmt.Sprint(p)
	}
	parts := make([]string, v.NumField())
	for i := range parts {
		parts[i] = fmt.Sprintf("%s=%v", snake(v.Type().Field(i).Name), v.Field(i))
	}
	return strings.Join(parts, " ")
}
