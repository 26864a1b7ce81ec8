// Package tensorfile reads and writes arrays of numbers in files: npy, npz, csv and
// safetensors (alone, or shards listed by an index). It reads the checkpoints of PyTorch:
// torch.save in its two forms, and TorchScript.
//
// [OpenNamed] opens any of them as tensors by name, for a model's weights; [Open] and
// [OpenArray] give arrays by rows, for data. A file may be larger than memory: a [Reader]
// hands out blocks of rows, from a memory map where the system has one and by positioned
// reads elsewhere. Whatever the file stores (float16, bfloat16, float32, float64, integers,
// either byte order, C or Fortran order or any strides, decimal text), numbers arrive as
// float32 ([Reader.ReadRows]) or float64 ([Reader.ReadRows64]) in C order.
//
// Headers are claims, and are checked against the size of the file before anything
// is allocated. A file that is not what it says is an error of one line: the file,
// what is wrong, what to do. Nothing in a file is ever executed: of a pickle, which is a
// program, only what builds tensors is understood, and all else is refused by its name.
//
// Writers write to a temporary file beside the target and rename it at Close, so
// that a reader never sees half a file; Abort leaves the target as it was.
//
// Every error is an [*Error]; the cause, where there is one, is found by
// [errors.Is]. Wrong arguments are errors here too, since shapes usually come from
// files. Readers, files and writers are each for one goroutine at a time; the
// sections of a Reader share its file and count as the same one.
package tensorfile
