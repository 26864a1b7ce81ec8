package tensorfile

import (
	"errors"
	"fmt"
	"strings"

	"mindgap/engine/tensorfile/internal/pickle"
)

// inert is a name that a checkpoint may hold and that means nothing here: the class of a
// parameter, a device, a memory layout.
type inert string

// storageType is a class of storages: its numbers' type, or 0 for bytes of any type.
type storageType DType

// torchGlobals are the names that a pickle may ask for, beside the classes of TorchScript.
// What may be called is Go, and only puts together what the pickle already holds.
var torchGlobals = globals(
	&pickle.Func{Name: "collections.OrderedDict", Call: orderedDict},
	&pickle.Func{Name: "torch._utils._rebuild_tensor", Call: rebuildTensor},
	&pickle.Func{Name: "torch._utils._rebuild_tensor_v2", Call: rebuildTensor},
	&pickle.Func{Name: "torch._utils._rebuild_tensor_v3", Call: rebuildTensorV3},
	&pickle.Func{Name: "torch._tensor._rebuild_from_type_v2", Call: rebuildFromType},
)

// kept are calls that only wrap what they get, and stand for their first argument: sizes,
// typed lists of TorchScript, bytes and sets as older protocols write them.
var kept = []string{
	"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "torch.Size", "torch.device",
	"torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist",
	"torch.jit._pickle.build_tensorlist", "torch.jit._pickle.restore_type_tag", "_codecs.encode",
	"builtins.bytes", "builtins.bytearray", "builtins.set", "builtins.frozenset",
	"__builtin__.bytes", "__builtin__.bytearray", "__builtin__.set", "__builtin__.frozenset",
}

func globals(funcs ...*pickle.Func) map[string]any {
	m := map[string]any{}
	for _, n := range kept {
		m[n] = &pickle.Func{Name: n, Call: firstArgument}
	}
	for _, f := range funcs {
		m[f.Name] = f
	}
	for _, n := range []string{"torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.strided"} {
		m[n] = inert(n)
	}
	for name, d := range map[string]DType{
		"Bool": Bool, "Byte": Uint8, "Char": Int8, "Short": Int16, "Int": Int32, "Long": Int64, "Half": Float16, "BFloat16": BFloat16,
		"Float": Float32, "Double": Float64, "ComplexFloat": Complex64, "ComplexDouble": Complex128,
	} {
		m["torch."+name+"Storage"] = storageType(d)
		m["torch.cuda."+name+"Storage"] = storageType(d)
	}
	for _, n := range []string{"torch.storage.UntypedStorage", "torch.storage._UntypedStorage", "torch.UntypedStorage", "torch._UntypedStorage", "torch.cuda.UntypedStorage"} {
		m[n] = storageType(0)
	}
	for _, n := range []string{"torch.storage.TypedStorage", "torch.storage._TypedStorage", "torch.storage._LoadStorage"} {
		m[n] = inert(n)
	}
	for d := Bool; d <= Complex128; d++ {
		m["torch."+d.String()] = d
	}
	m["torch.half"], m["torch.float"], m["torch.double"], m["torch.long"] = Float16, Float32, Float64, Int64
	m["torch.float8_e4m3fn"] = Float8E4M3
	return m
}

// findGlobal is what a name means. Everything that is not known ends the reading.
func findGlobal(module, name string) (any, error) {
	full := module + "." + name
	if v, ok := torchGlobals[full]; ok {
		return v, nil
	}
	if module == "__torch__" || strings.HasPrefix(module, "__torch__.") {
		return pickle.Class(full), nil
	}
	return nil, fmt.Errorf("it asks for %s, which is not part of a checkpoint of plain tensors, and is refused (nothing was run); save the weights alone: torch.save(model.state_dict(), name)", clip(full))
}

// firstArgument keeps what is wrapped.
func firstArgument(_ *pickle.Unpickler, args pickle.Tuple) (any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	return args[0], nil
}

// orderedDict makes OrderedDict(), or OrderedDict([[key, value], ...]) as Python 2 writes it.
func orderedDict(u *pickle.Unpickler, args pickle.Tuple) (any, error) {
	d := &pickle.Dict{}
	if len(args) == 0 {
		return d, nil
	}
	pairs, ok := args[0].(*pickle.List)
	if !ok {
		return nil, fmt.Errorf("made of %s, not of a list", pickle.Kind(args[0]))
	}
	for _, p := range pairs.Items {
		pair, ok := p.(pickle.Tuple)
		if l, isList := p.(*pickle.List); isList {
			pair, ok = l.Items, true
		}
		if !ok || len(pair) != 2 {
			return nil, errors.New("not made of pairs")
		}
		if !u.Charge(128) {
			return nil, nil // the charge is the error
		}
		d.Set(pair[0], pair[1])
	}
	return d, nil
}

// rebuildFromType(func, type, args, state) makes a tensor that has attributes of its own.
func rebuildFromType(u *pickle.Unpickler, args pickle.Tuple) (any, error) {
	if len(args) < 3 {
		return nil, errors.New("too few arguments")
	}
	f, ok := args[0].(*pickle.Func)
	a, ok2 := args[2].(pickle.Tuple)
	if !ok || !ok2 || !strings.HasPrefix(f.Name, "torch._utils.") {
		return nil, fmt.Errorf("of %s is not a tensor", pickle.Kind(args[0]))
	}
	return f.Call(u, a)
}
