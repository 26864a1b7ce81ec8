// Package pickle reads Python pickles without Python, and executes nothing.
//
// A pickle is a program for a small stack machine (Lib/pickletools.py describes it):
// it builds numbers, texts, lists and dicts, and may ask for anything that Python can
// import and call. Here the caller's Find decides what a name means, and a name that it
// does not know ends the reading: there is no other way to a function.
//
// What a pickle makes is counted before it is allocated, and limited, so that a short
// hostile one cannot fill the memory. The machine does not recurse. Protocols 2 to 5
// are read, and what PyTorch writes with protocol 1.
package pickle
