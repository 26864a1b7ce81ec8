package pickle

import "fmt"

// The values of a pickle are nil, bool, int64, float64, string, [Bytes], [Big], [Tuple],
// [*List], [*Dict], [*Object], what Find and Persistent gave, and what a [*Func] returned.
type (
	Bytes string // bytes and bytearray
	Big   string // a whole number beyond int64: little-endian two's complement
	Tuple []any
	List  struct{ Items []any } // a list, or a set
)

// Dict is a dict in the order of its first insertions.
type Dict struct {
	Keys, Values []any
	at           map[any]int
}

// Object is an instance of a class that is nothing but its attributes.
type Object struct {
	Class Class
	State any // what BUILD gave: a *Dict of attributes, as a rule
}

// Class is a class whose instances are [Object]s.
type Class string

// Func is what a global that may be called does. It never runs Python; u takes charges
// for what it makes.
type Func struct {
	Name string
	Call func(u *Unpickler, args Tuple) (any, error)
}

// Get finds the value of a text key.
func (d *Dict) Get(key string) (any, bool) {
	if i, ok := d.at[key]; ok {
		return d.Values[i], true
	}
	return nil, false
}

// Set sets a key; numbers and texts replace an earlier equal key, others are appended.
func (d *Dict) Set(key, value any) {
	switch key.(type) {
	case nil, bool, int64, float64, string:
		if i, ok := d.at[key]; ok {
			d.Values[i] = value
			return
		}
		if d.at == nil {
			d.at = map[any]int{}
		}
		d.at[key] = len(d.Keys)
	}
	d.Keys = append(d.Keys, key)
	d.Values = append(d.Values, value)
}

// Kind names the kind of a value for messages.
func Kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int64, Big:
		return "an int"
	case float64:
		return "a float"
	case string:
		return "a str"
	case Bytes:
		return "bytes"
	case Tuple:
		return "a tuple"
	case *List:
		return "a list"
	case *Dict:
		return "a dict"
	case *Object:
		return fmt.Sprintf("an object of %.100q", string(v.Class))
	case Class:
		return fmt.Sprintf("the class %.100q", string(v))
	case *Func:
		return v.Name
	}
	return fmt.Sprintf("%v", v)
}
